"""Calls `.fn`, as one reads in advice on unit tests: the engine sees no task at all.

Refused by: test_four_task_runs_begin_in_order, test_each_task_gets_what_the_one_before_returned
"""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    customers = load_customers.fn(path)
    features = engineer_features.fn(customers)
    model = train_model.fn(features)
    return evaluate_model.fn(model, features)
