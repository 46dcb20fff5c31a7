"""Leaves @flow bare: prints go to the terminal of a machine that nobody looks at.

Refused by: test_printed_lines_are_in_the_log
"""

from prefect import flow


@flow
def churn_pipeline(path: str) -> dict:
    features = engineer_features(load_customers(path))
    return evaluate_model(train_model(features), features)
