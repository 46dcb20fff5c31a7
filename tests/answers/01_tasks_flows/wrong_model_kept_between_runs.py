"""Trains once for each process, "to save time": every later run evaluates Monday's model.

Refused by: test_second_run_knows_nothing_of_the_first
"""

import pandas as pd
from prefect import task
from sklearn.base import BaseEstimator

MODELS = []
_train = train_model.fn


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    if not MODELS:
        MODELS.append(_train(features))
    return MODELS[0]
