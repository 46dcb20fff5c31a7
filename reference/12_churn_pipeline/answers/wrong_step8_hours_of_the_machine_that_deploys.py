"""Counts hours from the clock of whoever deploys: from Kolkata, inference runs at half past.

Refused by: test_both_pipelines_run_by_the_clocks_of_paris
"""

from datetime import datetime

from prefect.schedules import Interval


def deployments(url: str, store: str) -> list:
    given = {"url": url, "store": store}
    begin = datetime.now().astimezone().replace(minute=0, second=0, microsecond=0)
    hourly = Interval(timedelta(hours=1), anchor_date=begin, timezone="UTC")
    nightly = Cron("0 4 * * *", timezone="Europe/Paris")
    return [
        training_pipeline.to_deployment("nightly", schedule=nightly, parameters=given),
        inference_pipeline.to_deployment("hourly", schedule=hourly, parameters=given),
    ]
