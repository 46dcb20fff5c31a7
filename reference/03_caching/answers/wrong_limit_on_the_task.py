"""Limits the task and not the silence: the request is cut off in its second minute, and paid.

Refused by: test_same_content_is_paid_once
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR, timeout_seconds=60)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
