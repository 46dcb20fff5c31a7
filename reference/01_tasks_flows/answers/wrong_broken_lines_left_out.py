"""Leaves out what it cannot read: a name with a comma in it is a customer less, in silence.

Refused by: test_line_with_a_field_too_many_is_an_error
"""


@task
def load_customers(path: str) -> pd.DataFrame:
    customers = pd.read_csv(path, on_bad_lines="skip")
    if customers.empty:
        raise ValueError(f"{path} holds no customer")
    print(f"{len(customers)} customers in {path}")
    return customers
