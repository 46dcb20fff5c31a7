"""Other names for people: of tasks, of task runs, of the flow; with retries on the file share."""

from prefect import flow

load_customers = load_customers.with_options(name="Load the customers", tags={"io"})
train_model = train_model.with_options(task_run_name="nightly training")


@flow(name="Churn, every night", flow_run_name="churn", log_prints=True)
def churn_pipeline(path: str) -> dict:
    features = engineer_features(load_customers(path))
    return evaluate_model(train_model(features), features)
