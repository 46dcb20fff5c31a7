"""Raises for the statuses that it has met; a body that looks like usage does the rest.

Refused by: test_no_kind_of_failure_is_kept
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    response = requests.get(url, timeout=60)
    if response.status_code in (429, 500, 503):
        response.raise_for_status()
    rows = response.json()
    if not (isinstance(rows, list) and rows and isinstance(rows[0], dict)):
        raise ValueError(f"{url} answered without usage")
    return rows
