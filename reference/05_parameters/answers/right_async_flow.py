"""Async flows that submit their tasks."""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
async def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers.submit(path, COLUMNS)
        report = train_model.submit(customers, n_estimators, max_depth)
        return {"experiment_name": experiment_name, **report.result()}
