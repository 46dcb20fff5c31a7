"""Starts and ends the run by hand, as in a notebook: what raises in between leaves it running.

Refused by: test_failed_training_is_a_failed_run, test_each_training_has_a_run_of_its_own
"""


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    run = mlflow.start_run()
    train_in_run(customers, params, orchestrator)
    mlflow.end_run()
    return run.info.run_id
