"""Keeps the notebook's variables as globals: each task reads what the one before left there.

Tasks cannot run alone, in another process, or twice at once.

Refused by: test_features_are_made_of_the_given_customers,
    test_model_learns_from_the_given_rows_only, test_each_task_gets_what_the_one_before_returned
"""

import pandas as pd
from prefect import flow, task
from sklearn.base import BaseEstimator

NOTEBOOK = {}
_load, _engineer, _train = load_customers.fn, engineer_features.fn, train_model.fn
_evaluate = evaluate_model.fn


@task
def load_customers(path: str) -> pd.DataFrame:
    NOTEBOOK["customers"] = _load(path)


@task
def engineer_features(customers: pd.DataFrame = None) -> pd.DataFrame:
    NOTEBOOK["features"] = _engineer(NOTEBOOK["customers"])


@task
def train_model(features: pd.DataFrame = None) -> BaseEstimator:
    NOTEBOOK["model"] = _train(NOTEBOOK["features"])


@task
def evaluate_model(model: BaseEstimator = None, features: pd.DataFrame = None) -> dict:
    return _evaluate(NOTEBOOK["model"], NOTEBOOK["features"])


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    load_customers(path)
    engineer_features()
    train_model()
    return evaluate_model()
