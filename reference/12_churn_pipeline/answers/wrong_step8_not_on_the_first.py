"""Counts the days of the month from 2.

Refused by: test_both_pipelines_run_by_the_clocks_of_paris
"""


def deployments(url: str, store: str) -> list:
    given = {"url": url, "store": store}
    nightly = Cron("0 4 2-31 * *", timezone="Europe/Paris")
    hourly = Cron("0 * * * *", timezone="UTC")
    return [
        training_pipeline.to_deployment("nightly", schedule=nightly, parameters=given),
        inference_pipeline.to_deployment("hourly", schedule=hourly, parameters=given),
    ]
