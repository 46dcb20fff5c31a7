"""Takes ids for floats: beyond 2**53 there are no odd ones, and half of them are held out.

Refused by: test_metrics_are_those_of_held_out_customers
"""


def is_held_out(features: pd.DataFrame) -> pd.Series:
    return features["customer_id"].astype(float) % 4 == 0
