"""Who knows functools: kept for ever, and only as long as the process lives.

The rerun at 9:00 is a new process and pays; a worker that stays up never loads again.

Refused by: test_rerun_after_failed_training_costs_nothing, test_customers_live_one_hour
"""

from functools import lru_cache

ask_once = lru_cache(maxsize=None)(ask)


@task
def load_customers(url: str) -> list[dict]:
    return ask_once(url)
