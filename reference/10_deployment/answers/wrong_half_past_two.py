"""Who takes the hour that does not exist on one night of March, and is there twice in October.

In March Prefect 3.8.8 starts the run at 01:30, an hour early and before the export; 3.9.1 at 03:30.

Refused by: test_training_keeps_its_hour_when_clocks_change
"""


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    asked = {"path": path, "n_estimators": 300, "experiment_name": "nightly", **parameters}
    check_parameters(train_churn_model, asked)
    return train_churn_model.to_deployment(
        "nightly",
        schedule=Cron("30 2 * * *", timezone="Europe/Paris"),
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=1,
    )
