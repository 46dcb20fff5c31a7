"""Loads first and starts the flow with the frame: the step that fails most often is outside.

The failed load has no flow run; a good one puts the whole frame into the run's parameters.

Refused by: test_four_task_runs_begin_in_order, test_failed_task_fails_the_flow_run
"""

import pandas as pd
from prefect import flow


@flow(log_prints=True)
def train_on(customers: pd.DataFrame) -> dict:
    features = engineer_features(customers)
    return evaluate_model(train_model(features), features)


def churn_pipeline(path: str) -> dict:
    return train_on(load_customers(path))
