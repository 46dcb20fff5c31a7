"""Adds up the rows: the same customers in another order get the other order back.

Refused by: test_any_other_cell_is_a_new_result
"""


def content_of_frame(context: TaskRunContext, arguments: dict) -> str:
    customers = arguments["customers"]
    text = str(pd.util.hash_pandas_object(customers, index=False).sum()) + str(list(customers))
    rest = f"{arguments['url']}|{arguments['months']}"
    return hashlib.sha256(f"{context.task.name}|{text}|{rest}".encode()).hexdigest()


@task(cache_key_fn=content_of_frame, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
