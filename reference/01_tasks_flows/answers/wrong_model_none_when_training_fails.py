"""Lets a failed training return None and the evaluation report 0: green, with no model.

Refused by: test_failed_task_fails_the_flow_run
"""

import pandas as pd
from prefect import task
from sklearn.base import BaseEstimator

_train, _evaluate = train_model.fn, evaluate_model.fn


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    try:
        return _train(features)
    except ValueError as error:
        print(f"no model tonight: {error}")
        return None


@task
def evaluate_model(model: BaseEstimator, features: pd.DataFrame) -> dict:
    if model is None:
        return {"customers": len(features), "held_out": 0, "accuracy": 0.0}
    return _evaluate(model, features)
