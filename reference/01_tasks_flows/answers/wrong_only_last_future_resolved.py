"""Submits a chain and resolves its end only: Failed, with `UnfinishedRun` instead of the error.

The last task never began, because the first failed; what was missing is in another task run.

Refused by: test_failed_task_fails_the_flow_run
"""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    customers = load_customers.submit(path)
    features = engineer_features.submit(customers)
    model = train_model.submit(features)
    return evaluate_model.submit(model, features).result()
