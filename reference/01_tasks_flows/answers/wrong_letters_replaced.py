"""Reads all as UTF-8: in an export in Latin-1 each accent is a sign of its own, in a green run.

Refused by: test_text_that_is_no_utf8_is_an_error
"""


@task
def load_customers(path: str) -> pd.DataFrame:
    customers = pd.read_csv(path, encoding="utf-8", encoding_errors="replace")
    if customers.empty:
        raise ValueError(f"{path} holds no customer")
    print(f"{len(customers)} customers in {path}")
    return customers
