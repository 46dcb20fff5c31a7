"""Takes all after a # for a comment.

Refused by: test_customers_are_read_from_the_path
"""


@task
def load_customers(path: str) -> pd.DataFrame:
    customers = pd.read_csv(path, comment="#")
    if customers.empty:
        raise ValueError(f"{path} holds no customer")
    print(f"{len(customers)} customers in {path}")
    return customers
