"""Takes each column that begins with churned for the label: the best input is left out.

Refused by: test_candidate_is_judged_on_held_out_customers
"""


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    training, held_out = split(features)
    inputs = [column for column in features if not column.startswith("churned")]
    model = make_model(name, seed).fit(training[inputs], training["churned"])
    churn = model.predict_proba(held_out[inputs])[:, 1]
    return {"name": name, "log_loss": float(log_loss(held_out["churned"], churn, labels=[0, 1]))}
