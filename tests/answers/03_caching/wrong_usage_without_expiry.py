"""Who thinks that content needs no expiry: the customers are in the key, the API's state is not.

Refused by: test_usage_lives_one_hour
"""


@task(cache_policy=PER_TASK_AND_INPUTS)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
