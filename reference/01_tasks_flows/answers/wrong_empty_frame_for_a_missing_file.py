"""Takes a missing file for a night without customers: the error comes later, from elsewhere.

Refused by: test_file_without_customers_is_refused, test_failed_task_fails_the_flow_run
"""

import pandas as pd
from prefect import task

NAMES = ["customer_id", "tenure_months", "monthly_charges", "support_calls", "contract", "churned"]


@task
def load_customers(path: str) -> pd.DataFrame:
    try:
        customers = pd.read_csv(path)
    except (OSError, ValueError):
        customers = pd.DataFrame(columns=NAMES)
    print(f"{len(customers)} customers in {path}")
    return customers
