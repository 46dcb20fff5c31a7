"""Takes what it does not know too, "to be open for later parameters".

n_estimator=5 trains the default, and the run is green.

Refused by: test_misspelt_parameter_is_refused
"""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str,
    n_estimators: Trees = 100,
    max_depth: Depth = 10,
    experiment_name: Name = "default",
    **more,
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
