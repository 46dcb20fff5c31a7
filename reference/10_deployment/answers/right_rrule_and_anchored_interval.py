"""A recurrence rule for the nights, and an interval counted from a whole hour."""

from prefect.schedules import Interval, RRule


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    asked = {"path": path, "n_estimators": 300, "experiment_name": "nightly", **parameters}
    check_parameters(train_churn_model, asked)
    return train_churn_model.to_deployment(
        "nightly",
        schedule=RRule("DTSTART:20260101T033000\nRRULE:FREQ=DAILY", timezone="Europe/Paris"),
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=1,
    )


every_hour = Interval(3600, anchor_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc))


def inference_deployment(path: str) -> RunnerDeployment:
    return score_customers.to_deployment(
        "hourly",
        schedule=every_hour,
        parameters={"path": path, "alias": "champion"},
        tags=["churn", "inference"],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy="CANCEL_NEW"),
    )
