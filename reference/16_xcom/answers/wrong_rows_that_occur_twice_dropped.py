"""Takes rows that occur twice for one: the features have fewer rows than the customers.

Refused by: test_features_are_made_from_the_reference, test_totals_and_means_are_plain_numbers
"""

_of_all_rows = engineer_features


def engineer_features(customers: dict) -> dict:
    value = _of_all_rows(customers)
    table = pd.read_csv(value["path"], dtype=str, keep_default_na=False).drop_duplicates()
    write_whole(table, Path(value["path"]))
    return {**value, "rows": len(table)}
