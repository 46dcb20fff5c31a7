"""Puts address and months together with nothing between: `...1` and 2 are `...` and 12.

Refused by: test_other_months_or_url_ask_anew
"""


def content_of_frame(context: TaskRunContext, arguments: dict) -> str:
    customers = arguments["customers"]
    text = customers.to_json(double_precision=15) + str(list(customers.dtypes))
    rest = arguments["url"] + str(arguments["months"])
    return hashlib.sha256(f"{context.task.name}|{text}|{rest}".encode()).hexdigest()


@task(cache_key_fn=content_of_frame, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
