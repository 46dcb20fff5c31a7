"""Logs with Python's own logger, which Prefect does not listen to unless it is told.

Refused by: test_printed_lines_are_in_the_log
"""

import logging

import pandas as pd
from prefect import task

logger = logging.getLogger("churn")


@task
def load_customers(path: str) -> pd.DataFrame:
    customers = pd.read_csv(path)
    if customers.empty:
        raise ValueError(f"{path} holds no customer")
    logger.info("%d customers in %s", len(customers), path)
    return customers
