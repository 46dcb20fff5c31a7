"""Converts the columns to float in place: whoever trains next gets another frame than was made.

Refused by: test_model_learns_from_the_given_rows_only
"""

import pandas as pd
from prefect import task

_train = train_model.fn


@task
def train_model(features: pd.DataFrame):
    for name in FEATURE_COLUMNS:
        features[name] = features[name].astype(float)
    return _train(features)
