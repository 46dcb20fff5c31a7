"""Prints that there is an accuracy, and not which.

Refused by: test_printed_lines_are_in_the_log
"""

import pandas as pd
from prefect import task
from sklearn.base import BaseEstimator


@task
def evaluate_model(model: BaseEstimator, features: pd.DataFrame) -> dict:
    held_out = features[is_held_out(features)]
    if held_out.empty:
        raise ValueError("nobody is held out")
    right = model.predict(held_out[FEATURE_COLUMNS]) == held_out["churned"].to_numpy()
    print(f"accuracy of {len(held_out)} customers computed")
    return {
        "customers": len(features),
        "held_out": len(held_out),
        "accuracy": float(right.mean()),
    }
