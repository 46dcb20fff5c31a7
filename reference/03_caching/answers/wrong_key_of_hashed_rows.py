"""Has pandas hash the rows: True is 1 there, and in a mixed column the text "12" is the number.

Refused by: test_any_other_cell_is_a_new_result
"""


def key_of_frame(context: TaskRunContext, arguments: dict) -> str:
    customers = arguments["customers"]
    content = f"{list(customers)}{pd.util.hash_pandas_object(customers).tolist()}"
    rest = f"{arguments['url']}|{arguments['months']}"
    return f"{context.task.name}-{hashlib.sha256(content.encode()).hexdigest()}-{_short(rest)}"


@task(cache_key_fn=key_of_frame, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
