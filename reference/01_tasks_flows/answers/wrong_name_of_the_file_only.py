"""Prints the name of the file, without its folder.

Refused by: test_printed_lines_are_in_the_log
"""


@task
def load_customers(path: str) -> pd.DataFrame:
    customers = pd.read_csv(path)
    if customers.empty:
        raise ValueError(f"{path} holds no customer")
    print(f"{len(customers)} customers in {Path(path).name}")
    return customers
