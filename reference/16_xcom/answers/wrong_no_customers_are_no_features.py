"""Takes a customers' file that is gone for one without rows.

Refused by: test_no_customers_file_is_an_error
"""

_of_a_file = engineer_features


def engineer_features(customers: dict) -> dict:
    path = Path(customers["path"])
    if not path.exists():
        write_whole(pd.DataFrame(columns=["customer_id", *NUMBERS]), path)
    return _of_a_file(customers)
