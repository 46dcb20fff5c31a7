"""Who reads the JSON whatever the status: a 503 is kept as usage for an hour.

Refused by: test_failure_is_raised_and_not_kept
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    return requests.get(url, timeout=60).json()
