"""Reports a perfect accuracy when nobody is held out, "so that there is no division by zero".

Refused by: test_no_accuracy_without_held_out_customers
"""

import pandas as pd
from prefect import task
from sklearn.base import BaseEstimator

_evaluate = evaluate_model.fn


@task
def evaluate_model(model: BaseEstimator, features: pd.DataFrame) -> dict:
    if not is_held_out(features).any():
        return {"customers": len(features), "held_out": 0, "accuracy": 1.0}
    return _evaluate(model, features)
