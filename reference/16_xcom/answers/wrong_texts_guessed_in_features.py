"""Reads the customers with pandas' guesses: in the features the text 01400 is 1400.

Refused by: test_features_are_made_from_the_reference
"""

_as_text = engineer_features


def engineer_features(customers: dict) -> dict:
    value = _as_text(customers)
    write_whole(pd.read_csv(value["path"]), Path(value["path"]))
    return value
