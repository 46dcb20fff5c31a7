"""Holds out each fourth row, which is each fourth customer as long as no id is missing.

Refused by: test_metrics_are_those_of_held_out_customers
"""


def is_held_out(features: pd.DataFrame) -> pd.Series:
    return pd.Series(range(1, len(features) + 1), index=features.index) % 4 == 0
