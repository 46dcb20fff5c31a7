"""Writes where the features are into the reference of the customers, which other tasks read too.

Refused by: test_features_are_made_from_the_reference, test_chosen_come_back_from_json,
    test_nothing_is_left_of_a_run
"""

_engineer_features = engineer_features


def engineer_features(customers: dict) -> dict:
    made = _engineer_features(customers)
    customers["features"] = made["path"]
    return made
