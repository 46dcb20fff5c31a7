"""Drops rows that are there twice in the frame that a task returned: no task run shows it.

Refused by: test_flow_returns_the_metrics
"""


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    customers = load_customers(path)
    customers.drop_duplicates(inplace=True)
    features = engineer_features(customers)
    model = train_model(features)
    return evaluate_model(model, features)
