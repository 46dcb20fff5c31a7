"""Returns the run that began last in the experiment: another machine's, whose clock is ahead.

Refused by: test_each_training_has_a_run_of_its_own
"""

_track_training = track_training


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    _track_training(customers, params, store, experiment, orchestrator)
    order = ["attributes.start_time DESC"]
    newest = mlflow.search_runs(
        experiment_names=[experiment], order_by=order, max_results=1, output_format="list"
    )
    return newest[0].info.run_id
