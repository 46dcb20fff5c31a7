"""Rounds the log loss to four digits.

Refused by: test_candidate_is_judged_on_held_out_customers
"""


def _rounded(churned: pd.Series, churn: Any) -> float:
    return round(float(log_loss(churned, churn, labels=[0, 1])), 4)


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    training, held_out = split(features)
    model = make_model(name, seed)
    model.fit(training.drop(columns="churned"), training["churned"])
    churn = model.predict_proba(held_out.drop(columns="churned"))[:, 1]
    return {"name": name, "log_loss": _rounded(held_out["churned"], churn)}
