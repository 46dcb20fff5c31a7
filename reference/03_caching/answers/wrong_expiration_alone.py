"""Who sets only the expiry, as tutorials do: nothing is stored, so there is nothing to expire.

Every rerun pays; the decorator looks as if it did not.

Refused by: test_rerun_after_failed_training_costs_nothing
"""


@task(retries=2, cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    return ask(url)
