"""Who checks the status and nothing else: this API says 200 to its errors.

Refused by: test_failure_is_raised_and_not_kept
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    response = requests.get(url, timeout=60)
    response.raise_for_status()
    return response.json()
