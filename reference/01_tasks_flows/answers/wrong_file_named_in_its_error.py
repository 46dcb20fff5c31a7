"""Adds the file's name to the error on its way: its arguments are others than the task raised.

Refused by: test_failed_task_fails_the_flow_run
"""


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    try:
        features = engineer_features(load_customers(path))
        return evaluate_model(train_model(features), features)
    except Exception as error:
        error.args = (f"{path}: {error}",)
        raise
