"""Two tasks more: cleaning between loading and engineering, a report at the end."""

import pandas as pd
from prefect import flow, task


@task
def drop_duplicates(customers: pd.DataFrame) -> pd.DataFrame:
    return customers.drop_duplicates("customer_id")


@task
def write_report(metrics: dict) -> str:
    return f"accuracy {metrics['accuracy']:.0%}"


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    features = engineer_features(drop_duplicates(load_customers(path)))
    metrics = evaluate_model(train_model(features), features)
    print(write_report(metrics))
    return metrics
