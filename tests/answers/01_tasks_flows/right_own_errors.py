"""Errors of its own that are a ValueError, and a check of the columns right after loading."""

import pandas as pd
from prefect import task


class NoCustomers(ValueError):
    pass


@task
def load_customers(path: str) -> pd.DataFrame:
    try:
        customers = pd.read_csv(path)
    except pd.errors.EmptyDataError as error:
        raise NoCustomers(path) from error
    missing = {"support_calls", "contract", "churned"} - set(customers)
    if missing:
        raise ValueError(f"{path} lacks {missing}")
    if customers.empty:
        raise NoCustomers(path)
    print(f"{path}: n={len(customers)}")
    return customers
