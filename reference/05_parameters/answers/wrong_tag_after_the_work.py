"""Tags the flow run at its end: what fails, or still runs, is under no experiment.

Refused by: test_run_is_found_by_its_experiment
"""

from prefect import get_client, runtime


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    customers = load_customers(path, COLUMNS)
    report = train_model(customers, n_estimators, max_depth)
    together = [*runtime.flow_run.tags, f"experiment:{experiment_name}"]
    with get_client(sync_client=True) as client:
        client.update_flow_run(runtime.flow_run.id, tags=together)
    return {"experiment_name": experiment_name, **report}
