"""Writes the probability into the caller's table: the next score refuses it.

Refused by: test_champion_scores_and_no_other
"""

import pandas as pd

_score = score_customers


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    version, scores = _score(tracking_uri, customers, which)
    customers["probability"] = scores
    return version, scores
