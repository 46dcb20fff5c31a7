"""Rounds what was paid to cents: the export has more digits than that.

Refused by: test_features_are_made_from_the_reference
"""

_exact = engineer_features


def engineer_features(customers: dict) -> dict:
    value = _exact(customers)
    write_whole(pd.read_csv(value["path"]).round(2), Path(value["path"]))
    return value
