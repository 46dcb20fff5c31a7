"""No scaling, arrays instead of frames, more metrics: the model and the report are one's own."""

import pandas as pd
from prefect import task
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, recall_score


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    known = features.query("customer_id % 4 != 0")
    x, y = known[FEATURE_COLUMNS].to_numpy(), known["churned"].to_numpy()
    return LogisticRegression(max_iter=20).fit(x, y)


@task
def evaluate_model(model: BaseEstimator, features: pd.DataFrame) -> dict:
    held_out = features.query("customer_id % 4 == 0")
    if held_out.shape[0] == 0:
        raise ValueError("no customer is held out")
    said = model.predict(held_out[FEATURE_COLUMNS].to_numpy())
    metrics = {
        "customers": features["customer_id"].count(),
        "held_out": len(held_out),
        "accuracy": accuracy_score(held_out["churned"], said),
        "recall": recall_score(held_out["churned"], said, zero_division=0.0),
    }
    print(metrics)
    return metrics
