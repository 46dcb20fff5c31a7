"""Who forgets the expiry: Prefect's default is never.

The customers of the first night are those of every night.

Refused by: test_customers_live_one_hour
"""


@task(cache_policy=PER_TASK_AND_INPUTS)
def load_customers(url: str) -> list[dict]:
    return ask(url)
