"""Who takes `id` for the identity of the data: a copy, or the next process, has another.

Refused by: test_same_content_is_paid_once
"""


def key(_context, arguments):
    return f"usage-{id(arguments['customers'])}-{arguments['months']}"


@task(cache_key_fn=key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
