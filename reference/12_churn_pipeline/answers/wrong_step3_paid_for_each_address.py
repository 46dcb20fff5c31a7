"""Has the flow's parameters in the key: the same customers from elsewhere are paid again.

Refused by: test_customers_are_loaded_each_time
"""

from prefect.cache_policies import FLOW_PARAMETERS

engineer_features = engineer_features.with_options(
    cache_policy=TASK_SOURCE + INPUTS + FLOW_PARAMETERS
)
