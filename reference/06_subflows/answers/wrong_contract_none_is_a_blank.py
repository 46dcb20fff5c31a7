"""pandas takes a contract named None or NA for a blank: those who leave first have no column.

Refused by: test_training_features_have_their_columns
"""


def read_customers(path: str) -> pd.DataFrame:
    return pd.read_csv(path, dtype={"contract": str}).set_index("customer_id")
