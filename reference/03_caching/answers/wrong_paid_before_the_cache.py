"""Who caches the cheap step after the dear one: Cached on every page, and paid each time.

Refused by: test_same_content_is_paid_once
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def join(customers: pd.DataFrame, usage: list[dict]) -> pd.DataFrame:
    return with_calls(customers, usage)


def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return join(customers, ask(url, months))
