"""The engine keeps the customers under their path: tonight's export has last night's name.

Refused by: test_only_what_is_overridden_changes
"""

from prefect.cache_policies import INPUTS


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        load = load_customers.with_options(cache_policy=INPUTS, persist_result=True)
        report = train_model(load(path, COLUMNS), n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
