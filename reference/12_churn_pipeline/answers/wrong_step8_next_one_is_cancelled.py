"""Lets one scoring run at a time, and cancels the others: one that takes an hour costs the next.

Refused by: test_both_pipelines_run_by_the_clocks_of_paris
"""

from prefect.client.schemas.objects import ConcurrencyLimitConfig


def deployments(url: str, store: str) -> list:
    given = {"url": url, "store": store}
    nightly, hourly = Cron("0 4 * * *", timezone="Europe/Paris"), Cron("0 * * * *", timezone="UTC")
    alone = ConcurrencyLimitConfig(limit=1, collision_strategy="CANCEL_NEW")
    return [
        training_pipeline.to_deployment("nightly", schedule=nightly, parameters=given),
        inference_pipeline.to_deployment(
            "hourly", schedule=hourly, parameters=given, concurrency_limit=alone
        ),
    ]
