"""Leaves the time zone away: UTC, an hour late in winter, two in summer.

Refused by: test_both_pipelines_run_by_the_clocks_of_paris
"""


def deployments(url: str, store: str) -> list:
    given = {"url": url, "store": store}
    return [
        training_pipeline.to_deployment("nightly", cron="0 4 * * *", parameters=given),
        inference_pipeline.to_deployment("hourly", cron="0 * * * *", parameters=given),
    ]
