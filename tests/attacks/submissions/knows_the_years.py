"""Runs in the years that the tests ask for, and not a day longer.

Kata: 10
Verdict: wrong
Points: 30
"""

from prefect.schedules import RRule


def training_deployment(path, **parameters):
    asked = {"path": path, "n_estimators": 300, "experiment_name": "nightly", **parameters}
    check_parameters(train_churn_model, asked)
    asked_for = (
        "DTSTART:20260101T033000\nRRULE:FREQ=DAILY;UNTIL=20281231T235959",
        "DTSTART:20370601T033000\nRRULE:FREQ=DAILY;COUNT=10",
    )
    return train_churn_model.to_deployment(
        "nightly",
        schedules=[RRule(nights, timezone="Europe/Paris") for nights in asked_for],
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=1,
    )
