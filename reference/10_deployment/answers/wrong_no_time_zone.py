"""Who writes 3:30 and forgets to say where: Prefect's cron is in UTC then.

In Paris the training starts at 04:30 in winter and at 05:30 in summer.

Refused by: test_training_keeps_its_hour_when_clocks_change
"""


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    asked = {"path": path, "n_estimators": 300, "experiment_name": "nightly", **parameters}
    check_parameters(train_churn_model, asked)
    return train_churn_model.to_deployment(
        "nightly",
        cron="30 3 * * *",
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=1,
    )
