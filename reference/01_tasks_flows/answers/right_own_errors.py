"""Own errors that are a ValueError, columns checked at once; the flow says it and raises again."""

import pandas as pd
from prefect import flow, task


class NoCustomers(ValueError):
    pass


@task
def load_customers(path: str) -> pd.DataFrame:
    try:
        customers = pd.read_csv(path)
    except pd.errors.EmptyDataError as error:
        raise NoCustomers(path) from error
    missing = {"support_calls", "contract", "churned"} - set(customers)
    if missing:
        raise ValueError(f"{path} lacks {missing}")
    if customers.empty:
        raise NoCustomers(path)
    print(f"{path}: n={len(customers)}")
    return customers


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    try:
        features = engineer_features(load_customers(path))
        return evaluate_model(train_model(features), features)
    except Exception as error:
        print(f"no scores tonight: {error}")
        raise
