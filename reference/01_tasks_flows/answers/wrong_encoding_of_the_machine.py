"""Opens the file without an encoding: on a worker of another locale names are garbled, or it fails.

Refused by: test_customers_are_read_from_the_path
"""


@task
def load_customers(path: str) -> pd.DataFrame:
    with open(path) as file:
        customers = pd.read_csv(file)
    if customers.empty:
        raise ValueError(f"{path} holds no customer")
    print(f"{len(customers)} customers in {path}")
    return customers
