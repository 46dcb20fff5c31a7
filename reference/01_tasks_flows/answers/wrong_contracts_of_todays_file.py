"""Knows the contracts of today's file: next year's is in no dict, and counts as not committed.

Refused by: test_features_are_made_of_the_given_customers
"""


@task
def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    features = customers[["customer_id", "churned", *FEATURE_COLUMNS[:-1]]].copy()
    known = {"month-to-month": 0, "one year": 1, "two years": 1}
    features["committed"] = customers["contract"].fillna("one year").map(known).fillna(0)
    return features
