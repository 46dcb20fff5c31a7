"""Reads the file at the top of the module, like cell 1: every night works on that day's customers.

Refused by: test_customers_are_read_from_the_path, test_flow_returns_the_metrics,
    test_failed_task_fails_the_flow_run
"""

import os

import pandas as pd
from prefect import task

PATH = os.environ.get("CUSTOMERS_CSV", "customers.csv")
NAMES = ["customer_id", "tenure_months", "monthly_charges", "support_calls", "contract", "churned"]
CUSTOMERS = pd.read_csv(PATH) if os.path.exists(PATH) else pd.DataFrame(columns=NAMES)


@task
def load_customers(path: str) -> pd.DataFrame:
    print(f"{len(CUSTOMERS)} customers in {path}")
    return CUSTOMERS
