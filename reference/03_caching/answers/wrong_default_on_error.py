"""Who wants a task that never fails: the empty default is a result like any other, and is kept.

Refused by: test_failure_is_raised_and_not_kept
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    try:
        return ask(url)
    except (requests.RequestException, ValueError):
        return []
