"""Names a type by `str(dtype)`: "category", whichever they are. The model meets other columns.

Refused by: test_any_other_cell_is_a_new_result
"""


def _typed_key(context: TaskRunContext, arguments: dict) -> str:
    customers = arguments["customers"]
    columns = [(name, str(one.dtype), one.tolist()) for name, one in customers.items()]
    rest = f"{customers.index.tolist()}|{columns}|{arguments['url']}|{arguments['months']}"
    return hashlib.sha256(rest.encode()).hexdigest()


@task(cache_key_fn=_typed_key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
