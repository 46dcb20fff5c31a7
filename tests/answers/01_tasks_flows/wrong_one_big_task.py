"""Pastes the whole notebook into one task: when the training fails, everything is paid again.

Refused by: test_four_task_runs_begin_in_order
"""

from prefect import flow, task


@task
def run_notebook(path: str) -> dict:
    features = engineer_features.fn(load_customers.fn(path))
    return evaluate_model.fn(train_model.fn(features), features)


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    return run_notebook(path)
