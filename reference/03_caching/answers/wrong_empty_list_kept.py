"""Who refuses an error object but not an empty list: the table was being rebuilt for a minute.

Nobody has usage for an hour.

Refused by: test_failure_is_raised_and_not_kept
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    response = requests.get(url, timeout=60)
    response.raise_for_status()
    rows = response.json()
    if "error" in rows:
        raise ValueError(rows["error"])
    return rows
