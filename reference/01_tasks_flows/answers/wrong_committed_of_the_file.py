"""Keeps a column `committed` that the file has: the model learns from somebody else's numbers.

Refused by: test_features_are_made_of_the_given_customers
"""


@task
def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    features = customers.drop(columns="contract")
    if "committed" not in features:
        features["committed"] = (customers["contract"] != "month-to-month").astype(int)
    return features
