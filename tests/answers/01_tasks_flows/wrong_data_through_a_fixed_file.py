"""Hands the features over in a file of a fixed name: two runs at once read each other's.

Refused by: test_model_learns_from_the_given_rows_only,
    test_each_task_gets_what_the_one_before_returned
"""

import pandas as pd
from prefect import flow, task
from sklearn.base import BaseEstimator

_engineer, _train = engineer_features.fn, train_model.fn


@task
def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    features = _engineer(customers)
    features.to_csv("features.csv", index=False)
    return features


@task
def train_model(features: pd.DataFrame = None) -> BaseEstimator:
    return _train(pd.read_csv("features.csv"))


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    engineer_features(load_customers(path))
    return evaluate_model(train_model(), pd.read_csv("features.csv"))
