"""Turns the garbage collector off for a training and puts back what it found: that of another one.

Refused by: test_all_five_train_at_the_same_time
"""

import gc

from prefect import task


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    training, held_out = split(features)
    model = make_model(name, seed)
    thresholds = gc.get_threshold()
    gc.set_threshold(0)
    try:
        model.fit(training.drop(columns="churned"), training["churned"])
    finally:
        gc.set_threshold(*thresholds)
    churn = model.predict_proba(held_out.drop(columns="churned"))[:, 1]
    return {"name": name, "log_loss": float(log_loss(held_out["churned"], churn, labels=[0, 1]))}
