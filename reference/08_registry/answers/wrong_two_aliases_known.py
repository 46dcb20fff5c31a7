"""Knows the two aliases of this file: any other gets the champion.

Refused by: test_new_champion_scores_at_once, test_missing_champion_is_an_error
"""

_score = score_customers


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    known = which if which in (CHAMPION, PREVIOUS, "latest") else CHAMPION
    return _score(tracking_uri, customers, known)
