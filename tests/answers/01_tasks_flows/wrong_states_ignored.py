"""Asks for states, prints the failure and goes home: the flow run is Completed.

Refused by: test_failed_task_fails_the_flow_run
"""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    loaded = load_customers(path, return_state=True)
    if loaded.is_failed():
        print("nothing to do tonight")
        return {}
    features = engineer_features(loaded.result())
    return evaluate_model(train_model(features), features)
