"""Who stores the result and thinks that is a cache: the default key has the flow run's id in it.

Cached within one flow run, so it works in the notebook; the rerun is another flow run.

Refused by: test_rerun_after_failed_training_costs_nothing
"""


@task(persist_result=True, cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    return ask(url)
