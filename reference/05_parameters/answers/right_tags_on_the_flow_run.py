"""Tags the flow run itself, by the engine's client; a function names the run."""

from prefect import get_client, runtime


def name_run() -> str:
    told = runtime.flow_run.parameters
    return f"{told['experiment_name']}-{told['n_estimators']}x{told['max_depth']}"


@flow(flow_run_name=name_run)
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    tags = [*runtime.flow_run.tags, f"experiment:{experiment_name}"]
    with get_client(sync_client=True) as client:
        client.update_flow_run(runtime.flow_run.id, tags=tags)
    customers = load_customers(path, COLUMNS)
    report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
