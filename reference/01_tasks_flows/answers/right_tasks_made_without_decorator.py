"""Wraps functions of other names, `task(function, name=...)`; helpers, accuracy in percent."""

import pandas as pd
from prefect import task
from sklearn.base import BaseEstimator


def read(path: str) -> pd.DataFrame:
    with open(path, encoding="utf-8") as file:
        customers = pd.read_csv(file)
    if not len(customers):
        raise ValueError(path)
    print(path, len(customers))
    return customers


def engineer(customers: pd.DataFrame) -> pd.DataFrame:
    def without_text(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.drop(columns="contract")

    committed = customers["contract"].ne("month-to-month").astype("int8")
    return without_text(customers.assign(committed=committed))


def evaluate(model: BaseEstimator, features: pd.DataFrame) -> dict:
    held_out = features[features["customer_id"] % 4 == 0]
    if len(held_out) == 0:
        raise ValueError("nobody to measure on")
    accuracy = (model.predict(held_out[FEATURE_COLUMNS]) == held_out["churned"]).mean()
    print(f"Accuracy: {accuracy:.1%}")
    return {"customers": len(features), "held_out": len(held_out), "accuracy": accuracy}


load_customers = task(read, name="load_customers")
engineer_features = task(engineer, name="engineer_features")
evaluate_model = task(evaluate, name="evaluate_model")
