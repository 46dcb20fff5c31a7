"""Ends the run by hand in `except Exception`: Ctrl-C is none, and leaves it running.

Refused by: test_failed_training_is_a_failed_run
"""


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    run = mlflow.start_run()
    try:
        train_in_run(customers, params, orchestrator)
    except Exception:
        mlflow.end_run("FAILED")
        raise
    mlflow.end_run()
    return run.info.run_id
