"""Keeps the customers five minutes longer, so that two runs of one hour surely meet.

Refused by: test_customers_live_one_hour
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR + timedelta(minutes=5))
def load_customers(url: str) -> list[dict]:
    return ask(url)
