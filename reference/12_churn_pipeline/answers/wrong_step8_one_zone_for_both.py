"""Gives the hourly run the zone of Paris as well, where 2:00 is twice in October: one run for both.

Refused by: test_both_pipelines_run_by_the_clocks_of_paris
"""


def deployments(url: str, store: str) -> list:
    given = {"url": url, "store": store}
    nightly = Cron("0 4 * * *", timezone="Europe/Paris")
    hourly = Cron("0 * * * *", timezone="Europe/Paris")
    return [
        training_pipeline.to_deployment("nightly", schedule=nightly, parameters=given),
        inference_pipeline.to_deployment("hourly", schedule=hourly, parameters=given),
    ]
