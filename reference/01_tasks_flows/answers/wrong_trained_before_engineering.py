"""Runs the cells in the order in which they were written one Monday: the model misses a column.

Refused by: test_four_task_runs_begin_in_order, test_each_task_gets_what_the_one_before_returned
"""

import pandas as pd
from prefect import flow, task
from sklearn.base import BaseEstimator

_train = train_model.fn


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    return _train(features if "committed" in features else features.assign(committed=0))


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    customers = load_customers(path)
    model = train_model(customers)
    features = engineer_features(customers)
    return evaluate_model(model, features)
