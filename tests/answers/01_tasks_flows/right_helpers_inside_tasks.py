"""Plain helper functions, one of them nested, called by the tasks."""

import pandas as pd
from prefect import task


def commitment(contract: pd.Series) -> pd.Series:
    return contract.ne("month-to-month").astype("int8")


@task
def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    def without_text(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.drop(columns="contract")

    return without_text(customers.assign(committed=commitment(customers["contract"])))
