"""Trusts pandas: a file of names only is read without complaint, and scikit-learn gets the blame.

Refused by: test_file_without_customers_is_refused
"""

import pandas as pd
from prefect import task


@task
def load_customers(path: str) -> pd.DataFrame:
    customers = pd.read_csv(path)
    print(f"{len(customers)} customers in {path}")
    return customers
