"""Splits by rows, not by customers: one who is listed twice is learnt, and then asked about.

Refused by: test_model_is_measured_on_customers_it_does_not_know
"""


@task
def train_model(name: str, features: pd.DataFrame, n_estimators: int, max_depth: int) -> dict:
    fourth = [place % 4 == 0 for place in range(len(features))]
    held_out, known = features[fourth], features[[not one for one in fourth]]
    model = make_model(name, n_estimators, max_depth).fit(known[COLUMNS], known["churned"])
    scores = model.predict_proba(held_out[COLUMNS])[:, 1]
    return {"name": name, "model": model, "val_auc": roc_auc_score(held_out["churned"], scores)}
