"""Returns the future of the last task: the caller gets a State, not metrics.

Refused by: test_flow_returns_the_metrics, test_failed_task_fails_the_flow_run
"""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    features = engineer_features.submit(load_customers.submit(path))
    return evaluate_model.submit(train_model.submit(features), features)
