"""Who asks the flow to keep its results: flows have no cache, and its tasks get the default key.

Refused by: test_rerun_after_failed_training_costs_nothing
"""


@task(cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    return ask(url)


@flow(persist_result=True)
def nightly(url: str, max_depth: int) -> dict:
    return train(load_customers(url), max_depth)
