"""Adds and drops columns in the frame it was given: run twice, the task fails.

Refused by: test_given_customers_stay_as_they_are
"""

import pandas as pd
from prefect import task


@task
def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    customers["committed"] = (customers["contract"] != "month-to-month").astype(int)
    customers.drop(columns="contract", inplace=True)
    return customers
