"""Returns the error of the evaluation as if it were the metrics.

Refused by: test_failed_task_fails_the_flow_run
"""


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    features = engineer_features(load_customers(path))
    model = train_model(features)
    return evaluate_model(model, features, return_state=True).result(raise_on_failure=False)
