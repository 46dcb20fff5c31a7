"""Leaves the path of the notebook's author in cell 1.

Refused by: test_customers_are_read_from_the_path, test_flow_returns_the_metrics,
    test_failed_task_fails_the_flow_run
"""

from pathlib import Path

import pandas as pd
from prefect import task


@task
def load_customers(path: str) -> pd.DataFrame:
    customers = pd.read_csv(Path.home() / "Desktop" / "customers_final_v2.csv")
    print(f"{len(customers)} customers in {path}")
    return customers
