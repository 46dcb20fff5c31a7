"""Who names the policy that is called DEFAULT: inputs, source, and the id of the flow run.

Refused by: test_rerun_after_failed_training_costs_nothing
"""

from prefect.cache_policies import DEFAULT


@task(cache_policy=DEFAULT, cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    return ask(url)
