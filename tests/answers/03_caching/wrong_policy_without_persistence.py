"""Who saves the disk: a policy, and `persist_result=False`. Prefect then ignores the policy.

One warning at import, and every rerun pays.

Refused by: test_rerun_after_failed_training_costs_nothing
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")

    @task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR, persist_result=False)
    def load_customers(url: str) -> list[dict]:
        return ask(url)
