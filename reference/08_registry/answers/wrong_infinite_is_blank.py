"""Makes blanks of what is infinite: an export that divides by zero is scored, and nobody hears.

Refused by: test_champion_scores_and_no_other
"""

_score_customers = score_customers


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    finite = customers.replace([math.inf, -math.inf], math.nan)
    return _score_customers(tracking_uri, finite, which)
