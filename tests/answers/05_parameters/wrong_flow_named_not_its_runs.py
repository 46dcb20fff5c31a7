"""Names the flow, not its runs: `name=` is the same for all runs, which are called amber-otter.

Refused by: test_run_name_tells_the_configuration
"""


@flow(name="churn-{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
