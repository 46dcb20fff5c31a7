"""An async flow; two of its tasks are async as well."""

import pandas as pd
from prefect import flow, task

_load, _engineer = load_customers.fn, engineer_features.fn


@task
async def load_customers(path: str) -> pd.DataFrame:
    return _load(path)


@task
async def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    return _engineer(customers)


@flow(log_prints=True)
async def churn_pipeline(path: str) -> dict:
    features = await engineer_features(await load_customers(path))
    return evaluate_model(train_model(features), features)
