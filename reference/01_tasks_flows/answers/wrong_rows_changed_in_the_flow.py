"""Cleans in the flow, between two tasks: a step that is in no graph and cannot be cached.

Refused by: test_each_task_gets_what_the_one_before_returned
"""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    customers = load_customers(path).drop_duplicates("customer_id")
    features = engineer_features(customers)
    return evaluate_model(train_model(features), features)
