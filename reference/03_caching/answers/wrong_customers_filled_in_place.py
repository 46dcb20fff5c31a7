"""Writes the column into the frame that it was given: the caller gets a column it never asked for.

Refused by: test_same_content_is_paid_once
"""

import pandas as pd
from prefect import task


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    calls = {row["customer_id"]: row["calls"] for row in ask(url, months)}
    customers["calls"] = customers["customer_id"].map(calls)
    return customers
