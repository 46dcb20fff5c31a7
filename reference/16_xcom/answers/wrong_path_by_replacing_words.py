"""Makes the features' path by replacing a word: in a folder of that name it is another folder.

Refused by: test_features_are_made_from_the_reference, test_nothing_is_left_of_a_run,
    test_what_cannot_be_removed_is_an_error
"""

_beside = engineer_features


def engineer_features(customers: dict) -> dict:
    value = _beside(customers)
    mine = Path(customers["path"].replace("customers", "features"))
    mine.parent.mkdir(parents=True, exist_ok=True)
    os.replace(value["path"], mine)
    return {**value, "path": str(mine)}
