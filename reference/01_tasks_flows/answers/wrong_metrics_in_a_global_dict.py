"""Fills one dict of the module and returns it: tonight's run rewrites yesterday's report.

Refused by: test_second_run_knows_nothing_of_the_first
"""

import pandas as pd
from prefect import task
from sklearn.base import BaseEstimator

METRICS = {}
_evaluate = evaluate_model.fn


@task
def evaluate_model(model: BaseEstimator, features: pd.DataFrame) -> dict:
    METRICS.update(_evaluate(model, features))
    return METRICS
