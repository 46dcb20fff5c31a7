"""Leaves out the rows with blanks, and tells nobody.

Refused by: test_candidate_is_judged_on_held_out_customers
"""


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    training, held_out = split(features)
    training = training.dropna()
    model = make_model(name, seed)
    model.fit(training.drop(columns="churned"), training["churned"])
    churn = model.predict_proba(held_out.drop(columns="churned"))[:, 1]
    return {"name": name, "log_loss": float(log_loss(held_out["churned"], churn, labels=[0, 1]))}
