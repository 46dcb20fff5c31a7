"""Marks a blank contract with a word: customers whose contract is called so are scored as blank.

Refused by: test_training_features_have_their_columns
"""

_read = read_customers


def read_customers(path: str) -> pd.DataFrame:
    customers = _read(path)
    customers["contract"] = customers["contract"].fillna("missing").replace("missing", None)
    return customers
