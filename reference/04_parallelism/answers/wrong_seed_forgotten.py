"""Who takes a seed and does not pass it on: nobody can train the winner a second time.

Refused by: test_candidate_is_judged_on_held_out_customers, test_all_five_train_at_the_same_time
"""


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    training, held_out = split(features)
    model = make_model(name, 0)
    model.fit(training.drop(columns="churned"), training["churned"])
    churn = model.predict_proba(held_out.drop(columns="churned"))[:, 1]
    return {"name": name, "log_loss": float(log_loss(held_out["churned"], churn, labels=[0, 1]))}
