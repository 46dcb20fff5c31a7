"""Tags the tasks where they are defined: all runs of all experiments have the default's tag.

Refused by: test_run_is_found_by_its_experiment
"""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    load = load_customers.with_options(tags=["experiment:default"])
    train = train_model.with_options(tags=["experiment:default"])
    report = train(load(path, COLUMNS), n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
