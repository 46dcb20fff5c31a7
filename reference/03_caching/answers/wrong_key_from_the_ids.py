"""Who thinks that the same customer ids are the same data: labels and contracts change.

Refused by: test_one_changed_customer_is_a_new_result
"""


def key(_context, arguments):
    ids = ",".join(map(str, arguments["customers"]["customer_id"]))
    return hashlib.sha256(f"{ids} {arguments['months']}".encode()).hexdigest()


@task(cache_key_fn=key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
