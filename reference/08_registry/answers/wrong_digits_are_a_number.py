"""Takes digits for the number of a version: the alias "2026" is none, and "2" is another model.

Refused by: test_new_champion_scores_at_once, test_missing_champion_is_an_error
"""

_score_customers = score_customers


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    if not which.isdigit():
        return _score_customers(tracking_uri, customers, which)
    mlflow.set_tracking_uri(tracking_uri)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{which}")
    return int(which), model.predict_proba(customers)[:, 1].tolist()
