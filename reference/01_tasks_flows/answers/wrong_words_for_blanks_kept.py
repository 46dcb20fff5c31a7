"""Takes only empty fields for blanks: the contracts None and n/a are contracts of their own.

Refused by: test_customers_are_read_from_the_path
"""

_read = pd.read_csv


@task
def load_customers(path: str) -> pd.DataFrame:
    customers = _read(path, keep_default_na=False, na_values=[""])
    if customers.empty:
        raise ValueError(f"{path} holds no customer")
    print(f"{len(customers)} customers in {path}")
    return customers
