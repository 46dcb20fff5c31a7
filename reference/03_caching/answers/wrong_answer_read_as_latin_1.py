"""Reads what names no charset as Latin-1, as HTTP once had it: "Müller" is "MÃ¼ller" for an hour.

Refused by: test_failure_is_raised_and_not_kept
"""

import json


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    response = requests.get(url, timeout=60)
    response.raise_for_status()
    rows = json.loads(response.content.decode("latin-1"))
    if not (isinstance(rows, list) and rows and isinstance(rows[0], dict)):
        raise ValueError(f"no rows: {rows!r}")
    return rows
