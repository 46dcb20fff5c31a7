"""Asks for states; `result()` of a failed one raises the task's own error."""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    loaded = load_customers(path, return_state=True)
    print(f"loading ended in {loaded.name}")
    engineered = engineer_features(loaded.result(), return_state=True)
    features = engineered.result()
    trained = train_model(features, return_state=True)
    return evaluate_model(trained.result(), features, return_state=True).result()
