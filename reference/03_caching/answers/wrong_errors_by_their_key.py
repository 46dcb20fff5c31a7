"""Knows an error by its key `error`; one in other words is usage, for an hour.

Refused by: test_no_kind_of_failure_is_kept
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    response = requests.get(url, timeout=60)
    response.raise_for_status()
    rows = response.json()
    if not rows or "error" in rows:
        raise ValueError(f"{url} answered without usage")
    return rows
