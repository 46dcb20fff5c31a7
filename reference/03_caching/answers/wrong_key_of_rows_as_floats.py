"""Goes through the rows, where whole numbers become floats: two ids of 16 digits are one customer.

Refused by: test_one_changed_customer_is_a_new_result
"""


def _rows_key(context: TaskRunContext, arguments: dict) -> str:
    customers = arguments["customers"]
    columns = [(name, str(one.dtype)) for name, one in customers.items()]
    rows = [(label, row.tolist()) for label, row in customers.iterrows()]
    rest = f"{columns}|{rows}|{arguments['url']}|{arguments['months']}"
    return hashlib.sha256(rest.encode()).hexdigest()


@task(cache_key_fn=_rows_key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
