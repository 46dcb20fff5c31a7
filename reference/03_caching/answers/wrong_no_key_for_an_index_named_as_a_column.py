"""Makes columns of the index, which fails if one has its name: no key then, and each run pays.

Refused by: test_same_content_is_paid_once
"""


def _flat_key(context: TaskRunContext, arguments: dict) -> str:
    table = arguments["customers"].reset_index()
    columns = [(name, one.dtype, one.tolist()) for name, one in table.items()]
    rest = f"{columns}|{arguments['url']}|{arguments['months']}"
    return hashlib.sha256(rest.encode()).hexdigest()


@task(cache_key_fn=_flat_key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
