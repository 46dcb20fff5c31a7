"""Who puts the time into the key, "to be sure": no key ever comes back.

Refused by: test_rerun_after_failed_training_costs_nothing
"""

from datetime import datetime


def key(_context, arguments):
    return f"customers-{hash(arguments['url'])}-{datetime.now().isoformat()}"


@task(cache_key_fn=key, cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    return ask(url)
