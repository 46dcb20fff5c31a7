"""Who judges the candidate on the rows it has just learnt: the one that learns by heart wins.

Refused by: test_candidate_is_judged_on_held_out_customers, test_results_keep_the_order_asked
"""


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    training, _ = split(features)
    model = make_model(name, seed)
    model.fit(training.drop(columns="churned"), training["churned"])
    churn = model.predict_proba(training.drop(columns="churned"))[:, 1]
    return {"name": name, "log_loss": float(log_loss(training["churned"], churn))}
