"""Takes types by their repr, which leaves out the middle of a hundred categories: one is renamed.

Refused by: test_any_other_cell_is_a_new_result
"""


def _repr_key(context: TaskRunContext, arguments: dict) -> str:
    customers = arguments["customers"]
    columns = [(name, repr(one.dtype), one.tolist()) for name, one in customers.items()]
    rest = f"{customers.index.tolist()}|{columns}|{arguments['url']}|{arguments['months']}"
    return hashlib.sha256(rest.encode()).hexdigest()


@task(cache_key_fn=_repr_key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
