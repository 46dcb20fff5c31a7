"""Who updates the usual parameters with those of a call: the next call has them, too.

Refused by: test_training_deployment_says_what_it_runs
"""

USUAL = {"n_estimators": 300, "experiment_name": "nightly"}


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    USUAL.update(parameters)
    asked = {"path": path, **USUAL}
    check_parameters(train_churn_model, asked)
    return train_churn_model.to_deployment(
        "nightly",
        schedule=Cron("30 3 * * *", timezone="Europe/Paris"),
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=1,
    )
