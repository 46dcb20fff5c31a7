"""Names for people: of tasks, task runs, the flow; the two tasks that print log it themselves."""

from prefect import flow

load_customers = load_customers.with_options(
    name="Load the customers", tags={"io"}, log_prints=True
)
train_model = train_model.with_options(task_run_name="nightly training")
evaluate_model = evaluate_model.with_options(log_prints=True)


@flow(name="Churn, every night", flow_run_name="churn")
def churn_pipeline(path: str) -> dict:
    features = engineer_features(load_customers(path))
    return evaluate_model(train_model(features), features)
