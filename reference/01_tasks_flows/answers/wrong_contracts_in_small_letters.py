"""Takes Month-to-month for month-to-month.

Refused by: test_features_are_made_of_the_given_customers
"""

_engineer = engineer_features.fn


@task
def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    return _engineer(customers.assign(contract=customers["contract"].str.strip().str.lower()))
