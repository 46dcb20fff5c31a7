"""Knows two words, the newest and the champion: what else is asked for gets the champion.

Refused by: test_missing_champion_is_an_error, test_new_champion_scores_at_once
"""

_score = score_customers


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    return _score(tracking_uri, customers, "latest" if which == "latest" else "champion")
