"""Makes a blank a 0 before the model sees it: a model that knows blanks would say something else.

Refused by: test_champion_scores_and_no_other
"""

_score_customers = score_customers


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    return _score_customers(tracking_uri, customers.fillna(0), which)
