"""Sets the tags of the flow run: those of the caller are gone, and his sweep is not found.

Refused by: test_run_is_found_by_its_experiment
"""

from prefect import get_client, runtime


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with get_client(sync_client=True) as client:
        client.update_flow_run(runtime.flow_run.id, tags=[f"experiment:{experiment_name}"])
    customers = load_customers(path, COLUMNS)
    report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
