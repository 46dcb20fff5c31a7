"""Puts the parameters of the flow into the key: a flow with a date in them pays again every day.

Refused by: test_same_content_is_paid_once
"""

from prefect.cache_policies import FLOW_PARAMETERS


@task(cache_policy=PER_TASK_AND_INPUTS + FLOW_PARAMETERS, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
