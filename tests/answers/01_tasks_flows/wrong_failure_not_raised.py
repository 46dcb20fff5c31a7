"""Copies `raise_on_failure=False` from somewhere: the exception itself is returned as metrics.

Refused by: test_failed_task_fails_the_flow_run
"""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    features = engineer_features.submit(load_customers.submit(path))
    metrics = evaluate_model.submit(train_model.submit(features), features)
    return metrics.result(raise_on_failure=False)
