"""Writes the hour first: four minutes past midnight.

Refused by: test_both_pipelines_run_by_the_clocks_of_paris
"""


def deployments(url: str, store: str) -> list:
    given = {"url": url, "store": store}
    nightly = Cron("4 0 * * *", timezone="Europe/Paris")
    hourly = Cron("0 * * * *", timezone="Europe/Paris")
    return [
        training_pipeline.to_deployment("nightly", schedule=nightly, parameters=given),
        inference_pipeline.to_deployment("hourly", schedule=hourly, parameters=given),
    ]
