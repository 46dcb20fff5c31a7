"""Who takes the small parameters out of the key to get more hits: 12 months give those of 6.

Refused by: test_other_months_or_url_ask_anew
"""


@task(cache_policy=PER_TASK_AND_INPUTS - "months", cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
