"""A mean of nothing is NaN, a float like any other until it becomes JSON.

Refused by: test_mean_of_nothing_is_null
"""

_with_none = engineer_features


def engineer_features(customers: dict) -> dict:
    means = pd.read_csv(customers["path"])[NUMBERS].mean()
    return {**_with_none(customers), "means": means.to_dict()}
