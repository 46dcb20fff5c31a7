"""Who gives the expiry in seconds, as the retries take them: 3600 + a date is a TypeError.

It comes after the task's work is done, and paid for.

Refused by: test_rerun_after_failed_training_costs_nothing, test_customers_live_one_hour
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=3600)
def load_customers(url: str) -> list[dict]:
    return ask(url)
