"""Turns the cells into functions and puts @flow on top: "it works, so it is a pipeline".

One green or red bar for the whole night; nothing to retry, cache or time by step.

Refused by: test_customers_are_read_from_the_path, test_four_task_runs_begin_in_order
"""

from prefect import flow

load_customers = load_customers.fn
engineer_features = engineer_features.fn
train_model = train_model.fn
evaluate_model = evaluate_model.fn


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    features = engineer_features(load_customers(path))
    return evaluate_model(train_model(features), features)
