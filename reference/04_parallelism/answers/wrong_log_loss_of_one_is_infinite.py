"""Computes the loss by hand, with float's edge: in XGBoost's float32 a sure 1 stays 1, and loses.

Refused by: test_candidate_is_judged_on_held_out_customers
"""

import numpy as np


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    training, held_out = split(features)
    model = make_model(name, seed)
    model.fit(training.drop(columns="churned"), training["churned"])
    chances = model.predict_proba(held_out.drop(columns="churned"))[:, 1]
    chances = np.clip(chances, 2.2e-16, 1 - 2.2e-16)
    churned = held_out["churned"].to_numpy() == 1
    losses = np.where(churned, np.log(chances), np.log1p(-chances))
    return {"name": name, "log_loss": float(-losses.mean())}
