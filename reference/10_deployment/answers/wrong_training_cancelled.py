"""Who copies the limit of the inference: a night's training that comes too early is cancelled.

Refused by: test_training_deployment_says_what_it_runs
"""


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    asked = {"path": path, "n_estimators": 300, "experiment_name": "nightly", **parameters}
    check_parameters(train_churn_model, asked)
    return train_churn_model.to_deployment(
        "nightly",
        schedule=Cron("30 3 * * *", timezone="Europe/Paris"),
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy="CANCEL_NEW"),
    )
