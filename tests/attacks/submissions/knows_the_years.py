"""Runs in the years that the tests ask for, and not a day longer.

Kata: 10
Verdict: wrong
Points: 35
"""

from prefect.schedules import RRule


def training_deployment(path, **parameters):
    asked = {"path": path, "n_estimators": 300, "experiment_name": "nightly", **parameters}
    check_parameters(train_churn_model, asked)
    nights = "DTSTART:20260101T033000\nRRULE:FREQ=DAILY;UNTIL=20271231T000000"
    return train_churn_model.to_deployment(
        "nightly",
        schedule=RRule(nights, timezone="Europe/Paris"),
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=1,
    )
