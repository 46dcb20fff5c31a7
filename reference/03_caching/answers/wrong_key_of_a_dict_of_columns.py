"""Makes a dict of the columns: of two that have one name only the last is in the key.

Refused by: test_one_changed_customer_is_a_new_result
"""


def _dict_key(context: TaskRunContext, arguments: dict) -> str:
    customers = arguments["customers"]
    columns = {name: (str(one.dtype), one.tolist()) for name, one in customers.items()}
    rest = f"{customers.index.tolist()}|{columns}|{arguments['url']}|{arguments['months']}"
    return hashlib.sha256(rest.encode()).hexdigest()


@task(cache_key_fn=_dict_key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
