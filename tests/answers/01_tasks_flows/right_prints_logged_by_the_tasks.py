"""`log_prints` on the two tasks that print, not on the flow."""

from prefect import flow

load_customers = load_customers.with_options(log_prints=True)
evaluate_model = evaluate_model.with_options(log_prints=True)


@flow
def churn_pipeline(path: str) -> dict:
    features = engineer_features(load_customers(path))
    return evaluate_model(train_model(features), features)
