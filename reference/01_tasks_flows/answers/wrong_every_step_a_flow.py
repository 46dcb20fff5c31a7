"""Puts @flow on every step too: five flow runs a night, no task run, steps that cannot be cached.

Refused by: test_customers_are_read_from_the_path, test_one_call_is_one_flow_run,
    test_printed_lines_are_in_the_log
"""

from prefect import flow

load_customers = flow(load_customers.fn)
engineer_features = flow(engineer_features.fn)
train_model = flow(train_model.fn)
evaluate_model = flow(evaluate_model.fn)


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    features = engineer_features(load_customers(path))
    return evaluate_model(train_model(features), features)
