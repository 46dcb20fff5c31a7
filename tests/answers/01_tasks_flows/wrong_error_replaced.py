"""Raises an error of its own in place of the task's: Failed, but nobody can tell what was missing.

Refused by: test_failed_task_fails_the_flow_run
"""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    try:
        features = engineer_features(load_customers(path))
        return evaluate_model(train_model(features), features)
    except Exception:
        raise RuntimeError("pipeline failed") from None
