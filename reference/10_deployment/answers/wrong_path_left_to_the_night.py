"""Who checks what was asked for beside the path: where the customers are is nobody's typing error.

Refused by: test_training_is_described_with_possible_parameters_only
"""


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    given = {"n_estimators": 300, "experiment_name": "nightly", **parameters}
    check_parameters(train_churn_model, {"path": "", **given})
    asked = {"path": path, **given}
    return train_churn_model.to_deployment(
        "nightly",
        schedule=Cron("30 3 * * *", timezone="Europe/Paris"),
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=1,
    )
