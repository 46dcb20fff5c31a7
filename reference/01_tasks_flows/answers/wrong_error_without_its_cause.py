"""Catches the error to print it, and raises it `from None`: what it came from is gone.

Refused by: test_failed_task_fails_the_flow_run
Not examined: the examination is told an error's class and text, not what it came from.
"""


@flow(log_prints=True)
def churn_pipeline(path: str) -> dict:
    try:
        features = engineer_features(load_customers(path))
        return evaluate_model(train_model(features), features)
    except Exception as error:
        print(f"the pipeline failed: {error!r}")
        raise error from None
