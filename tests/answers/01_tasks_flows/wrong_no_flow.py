"""Forgets @flow: the tasks run, each for itself, and no run stands for the night.

Nothing can be scheduled, and four unrelated task runs fail without an alert.

Refused by: test_one_call_is_one_flow_run, test_failed_task_fails_the_flow_run
"""


def churn_pipeline(path: str) -> dict:
    customers = load_customers(path)
    features = engineer_features(customers)
    model = train_model(features)
    return evaluate_model(model, features)
