"""One file a run is enough: the features replace the customers. The retry finds features.

Refused by: test_features_are_made_from_the_reference, test_nothing_is_left_of_a_run
"""

_beside = engineer_features


def engineer_features(customers: dict) -> dict:
    value = _beside(customers)
    os.replace(value["path"], customers["path"])
    return {**value, "path": customers["path"]}
