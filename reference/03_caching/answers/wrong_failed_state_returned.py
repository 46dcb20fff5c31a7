"""Who returns a Failed state instead of raising: nothing is kept, but the caller gets no exception.

A task called outside a flow hands the State over as if it were usage.

Refused by: test_failure_is_raised_and_not_kept
"""

from prefect.states import Failed


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    response = requests.get(url, timeout=60)
    rows = response.json() if response.ok else None
    if not rows or "error" in rows:
        return Failed(message=f"{url} answered {response.status_code}: {response.text}")
    return rows
