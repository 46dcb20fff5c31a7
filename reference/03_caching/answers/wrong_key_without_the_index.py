"""Forgets the index in the key: the frame that comes back has another caller's labels.

Refused by: test_any_other_cell_is_a_new_result
"""


def key_of_frame(context: TaskRunContext, arguments: dict) -> str:
    customers = arguments["customers"]
    content = repr([(name, one.dtype, one.tolist()) for name, one in customers.items()])
    rest = f"{arguments['url']}|{arguments['months']}"
    return f"{context.task.name}-{hashlib.sha256(content.encode()).hexdigest()}-{_short(rest)}"


@task(cache_key_fn=key_of_frame, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
