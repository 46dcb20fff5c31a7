"""Puts the day into the key: what was paid at 23:30 is paid again after midnight.

Refused by: test_usage_lives_one_hour
"""

from datetime import date


def key_of_today(context: TaskRunContext, arguments: dict) -> str:
    customers = arguments["customers"]
    content = hashlib.sha256(customers.to_json(double_precision=15).encode()).hexdigest()
    rest = f"{list(customers)}{customers.dtypes}{arguments['url']}|{arguments['months']}"
    return f"{date.today()}-{content}-{_short(rest)}"


@task(cache_key_fn=key_of_today, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
