"""Fits the scaler to all rows and only the regression to the known ones: half an exam seen before.

Refused by: test_model_learns_from_the_given_rows_only
"""

import pandas as pd
from prefect import task
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model[0].fit(features[FEATURE_COLUMNS])
    known = features[~is_held_out(features)]
    model[1].fit(model[0].transform(known[FEATURE_COLUMNS]), known["churned"])
    return model
