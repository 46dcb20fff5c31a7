"""Holds out the numbers that four divides, not every fourth row: with gaps, other customers.

Refused by: test_model_is_measured_on_customers_it_does_not_know
"""


@task
def train_model(name: str, features: pd.DataFrame, n_estimators: int, max_depth: int) -> dict:
    is_held_out = features.index % 4 == 0
    held_out, known = features[is_held_out], features[~is_held_out]
    model = make_model(name, n_estimators, max_depth).fit(known[COLUMNS], known["churned"])
    scores = model.predict_proba(held_out[COLUMNS])[:, 1]
    return {"name": name, "model": model, "val_auc": roc_auc_score(held_out["churned"], scores)}
