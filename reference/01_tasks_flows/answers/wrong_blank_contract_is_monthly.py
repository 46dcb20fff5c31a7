"""Translates the contracts by a table and fills what is not in it with 0: cell 2 did otherwise.

Refused by: test_features_are_made_of_the_given_customers
"""

import pandas as pd
from prefect import task

COMMITTED = {"month-to-month": 0, "one year": 1, "two years": 1}


@task
def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    committed = customers["contract"].map(COMMITTED).fillna(0)
    return customers.drop(columns="contract").assign(committed=committed)
