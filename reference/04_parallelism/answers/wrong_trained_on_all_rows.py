"""Who trains on everything, as for the final model, and judges on rows that were seen.

Refused by: test_candidate_is_judged_on_held_out_customers
"""


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    _, held_out = split(features)
    model = make_model(name, seed)
    model.fit(features.drop(columns="churned"), features["churned"])
    churn = model.predict_proba(held_out.drop(columns="churned"))[:, 1]
    return {"name": name, "log_loss": float(log_loss(held_out["churned"], churn, labels=[0, 1]))}
