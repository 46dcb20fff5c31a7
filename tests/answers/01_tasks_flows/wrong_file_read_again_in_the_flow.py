"""Loads for show and reads the file again: the check and the retries count for nothing.

Refused by: test_each_task_gets_what_the_one_before_returned
"""

import pandas as pd
from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    load_customers(path)
    features = engineer_features(pd.read_csv(path))
    return evaluate_model(train_model(features), features)
