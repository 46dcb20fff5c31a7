"""Asks with urllib3, which by itself asks up to three times more: a failure costs 480 euros.

Refused by: test_no_kind_of_failure_is_kept
"""

import json

import urllib3


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    with urllib3.PoolManager() as pool:
        answer = pool.request("GET", url, timeout=60.0)
    rows = json.loads(answer.data) if answer.status < 400 else None
    if not (isinstance(rows, list) and rows and isinstance(rows[0], dict)):
        raise ValueError(f"{url} answered {answer.status} without rows")
    return rows
