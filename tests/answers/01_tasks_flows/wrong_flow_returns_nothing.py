"""Prints the metrics, as a notebook shows them, and returns nothing.

Refused by: test_flow_returns_the_metrics
"""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    features = engineer_features(load_customers(path))
    print(evaluate_model(train_model(features), features))
