"""Counts a year of calls where nobody has said how many months: six were agreed on.

Refused by: test_other_months_or_url_ask_anew
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 12) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
