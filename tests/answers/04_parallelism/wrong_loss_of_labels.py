"""Who gives the loss the predicted labels: one sure mistake costs 36, and the ranking is noise.

Refused by: test_candidate_is_judged_on_held_out_customers, test_results_keep_the_order_asked
"""


@task
def train_one(name: str, features: pd.DataFrame, seed: int) -> dict:
    training, held_out = split(features)
    model = make_model(name, seed)
    model.fit(training.drop(columns="churned"), training["churned"])
    labels = model.predict(held_out.drop(columns="churned"))
    return {"name": name, "log_loss": float(log_loss(held_out["churned"], labels, labels=[0, 1]))}
