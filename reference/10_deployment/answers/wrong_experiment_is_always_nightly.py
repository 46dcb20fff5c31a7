"""Who lets the deployment's own name of the experiment win over the one that was asked for.

Refused by: test_training_deployment_says_what_it_runs
"""


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    asked = {"path": path, "n_estimators": 300, **parameters, "experiment_name": "nightly"}
    check_parameters(train_churn_model, {"path": path, **parameters})
    return train_churn_model.to_deployment(
        "nightly",
        schedule=Cron("30 3 * * *", timezone="Europe/Paris"),
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=1,
    )
