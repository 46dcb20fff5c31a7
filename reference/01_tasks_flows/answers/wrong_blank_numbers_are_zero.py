"""Makes a zero of each number that is not there, while loading.

Refused by: test_customers_are_read_from_the_path
"""


@task
def load_customers(path: str) -> pd.DataFrame:
    customers = pd.read_csv(path)
    if customers.empty:
        raise ValueError(f"{path} holds no customer")
    print(f"{len(customers)} customers in {path}")
    numbers = FEATURE_COLUMNS[:-1]
    return customers.fillna(dict.fromkeys(numbers, 0))
