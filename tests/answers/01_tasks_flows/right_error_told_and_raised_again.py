"""Catches the error to say what it means, and raises it again."""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    try:
        features = engineer_features(load_customers(path))
        return evaluate_model(train_model(features), features)
    except Exception as error:
        print(f"no scores tonight: {error}")
        raise
