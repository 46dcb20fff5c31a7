"""Catches everything "so that the job does not crash": Completed, and no alert.

Refused by: test_failed_task_fails_the_flow_run
"""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    try:
        customers = load_customers(path)
        features = engineer_features(customers)
        model = train_model(features)
        return evaluate_model(model, features)
    except Exception as error:
        print(f"pipeline failed: {error}")
        return {}
