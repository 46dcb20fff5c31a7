"""Who writes the cache by hand, hour included, in a dictionary that ends with the process.

Refused by: test_rerun_after_failed_training_costs_nothing, test_customers_live_one_hour
"""

import time

loaded: dict[str, tuple[float, list[dict]]] = {}


@task
def load_customers(url: str) -> list[dict]:
    if url not in loaded or time.time() - loaded[url][0] > 3600:
        loaded[url] = time.time(), ask(url)
    return loaded[url][1]
