"""Drops rows without `churned`, also at inference, where the column is there and still empty.

Refused by: test_inference_has_the_trainings_columns
"""


def read_customers(path: str) -> pd.DataFrame:
    text_only = {"dtype": {"contract": str}, "keep_default_na": False, "na_values": [""]}
    customers = pd.read_csv(path, **text_only).set_index("customer_id")
    return customers.dropna(subset=["churned"]) if "churned" in customers else customers
