"""A task run keeps one tag of an experiment, its own: the sweep does not find it by the sweep's.

Refused by: test_run_is_found_by_its_experiment
"""

from prefect.context import TagsContext


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    own = f"experiment:{experiment_name}"
    others = {one for one in TagsContext.get().current_tags if not one.startswith("experiment:")}
    with TagsContext(current_tags={*others, own}):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
