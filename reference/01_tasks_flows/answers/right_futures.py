"""Submits each task, hands the futures on and resolves each: the first failure is raised."""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    customers = load_customers.submit(path)
    features = engineer_features.submit(customers)
    model = train_model.submit(features)
    metrics = evaluate_model.submit(model, features)
    return [future.result() for future in (customers, features, model, metrics)][-1]
