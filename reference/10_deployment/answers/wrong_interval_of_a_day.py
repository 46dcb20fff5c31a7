"""Who takes "every night" for "every 24 hours", counted from a night of winter in UTC.

UTC never changes its clocks: 03:30 in winter is 04:30 in summer.

Refused by: test_training_runs_once_each_night
"""

from prefect.schedules import Interval

every_day = Interval(
    datetime.timedelta(days=1),
    anchor_date=datetime.datetime(2026, 1, 1, 2, 30, tzinfo=datetime.timezone.utc),
    timezone="UTC",
)


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    asked = {"path": path, "n_estimators": 300, "experiment_name": "nightly", **parameters}
    check_parameters(train_churn_model, asked)
    return train_churn_model.to_deployment(
        "nightly",
        schedule=every_day,
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=1,
    )
