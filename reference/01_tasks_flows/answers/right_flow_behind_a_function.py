"""The entry point is a plain function that starts the flow and adds nothing."""

from prefect import flow


@flow(log_prints=True)
def nightly(path: str) -> dict:
    features = engineer_features(load_customers(path))
    return evaluate_model(train_model(features), features)


def churn_pipeline(path: str) -> dict:
    return nightly(path)


if __name__ == "__main__":
    churn_pipeline("customers.csv")
