"""Who describes the deployment without a check: the server will look at it, won't it?

Refused by: test_training_is_described_with_possible_parameters_only
"""


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    asked = {"path": path, "n_estimators": 300, "experiment_name": "nightly", **parameters}
    return train_churn_model.to_deployment(
        "nightly",
        schedule=Cron("30 3 * * *", timezone="Europe/Paris"),
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=1,
    )
