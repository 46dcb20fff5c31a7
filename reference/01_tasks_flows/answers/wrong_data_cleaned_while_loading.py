"""Fills and drops while it loads: nobody hears of blanks and doubles, and 0 is not "unknown".

Refused by: test_customers_are_read_from_the_path
"""

import pandas as pd
from prefect import task

_load = load_customers.fn


@task
def load_customers(path: str) -> pd.DataFrame:
    return _load(path).fillna(0).drop_duplicates()
