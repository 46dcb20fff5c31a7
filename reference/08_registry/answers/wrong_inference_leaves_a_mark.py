"""Marks the version that has scored: inference needs the right to write, and changes the registry.

Refused by: test_champion_scores_and_no_other
"""

_score = score_customers


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    version, scores = _score(tracking_uri, customers, which)
    MlflowClient(tracking_uri).set_model_version_tag("churn", str(version), "scored", "yes")
    return version, scores
