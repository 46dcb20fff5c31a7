"""What the call leaves out is read from the environment: the next worker trains another model.

Refused by: test_flow_runs_on_its_defaults
"""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    if n_estimators == 100:
        n_estimators = int(os.environ.get("N_ESTIMATORS", 100))
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
