"""Has a hook tag the run: what a hook raises the engine swallows, and a run is found by no tag.

Refused by: test_run_name_tells_the_configuration
"""

from typing import Any

from prefect import get_client


def tag_run(_flow: Any, flow_run: Any, _state: Any) -> None:
    own = f"experiment:{flow_run.parameters['experiment_name']}"
    with get_client(sync_client=True) as client:
        client.update_flow_run(flow_run.id, tags=[*flow_run.tags, own])


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}", on_running=[tag_run])
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    report = train_model(load_customers(path, COLUMNS), n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}
