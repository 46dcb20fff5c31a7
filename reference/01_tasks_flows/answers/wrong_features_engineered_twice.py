"""Runs the dear step once for the training and once more for the evaluation.

Refused by: test_four_task_runs_begin_in_order
"""

from prefect import flow


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    customers = load_customers(path)
    model = train_model(engineer_features(customers))
    return evaluate_model(model, engineer_features(customers))
