"""Reads at most a million rows, which is enough for today's file.

Refused by: test_long_file_is_read_to_its_end
"""


@task
def load_customers(path: str) -> pd.DataFrame:
    customers = pd.read_csv(path, nrows=1_000_000)
    if customers.empty:
        raise ValueError(f"{path} holds no customer")
    print(f"{len(customers)} customers in {path}")
    return customers
