"""Fits on all rows, the held-out ones included: the metric is that of an exam seen before.

Refused by: test_model_learns_from_the_given_rows_only
"""

import pandas as pd
from prefect import task
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    return LogisticRegression().fit(features[FEATURE_COLUMNS], features["churned"])
