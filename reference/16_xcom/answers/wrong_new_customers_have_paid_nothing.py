"""A new customer has paid 0, also one of whom nobody knows the charges.

Refused by: test_features_are_made_from_the_reference
"""

_blank = engineer_features


def engineer_features(customers: dict) -> dict:
    value = _blank(customers)
    table = pd.read_csv(value["path"], dtype=str, keep_default_na=False)
    table.loc[table["tenure_months"].isin(["0", "0.0"]), "paid_so_far"] = "0.0"
    write_whole(table, Path(value["path"]))
    return value
