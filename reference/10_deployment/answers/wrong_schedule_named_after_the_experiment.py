"""Names the schedule after the experiment: with another one the server keeps both.

From the second deployment on the training starts twice every night.

Refused by: test_one_process_serves_both
"""


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    asked = {"path": path, "n_estimators": 300, "experiment_name": "nightly", **parameters}
    check_parameters(train_churn_model, asked)
    return train_churn_model.to_deployment(
        "nightly",
        schedule=Cron(
            "30 3 * * *", timezone="Europe/Paris", slug=f"night-of-{asked['experiment_name']}"
        ),
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=1,
    )
