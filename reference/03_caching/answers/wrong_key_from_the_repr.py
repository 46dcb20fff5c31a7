"""Who hashes `str(frame)`: pandas prints five rows at each end, the key has nothing else.

A label corrected in the middle is never trained on.

Refused by: test_one_changed_customer_is_a_new_result
"""


def key(_context, arguments):
    text = f"{arguments['customers']} {arguments['url']} {arguments['months']}"
    return hashlib.sha256(text.encode()).hexdigest()


@task(cache_key_fn=key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
