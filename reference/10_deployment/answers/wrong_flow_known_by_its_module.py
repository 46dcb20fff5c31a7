"""Registers a flow by its module: of a file run as a script that is `__main__`, which no run finds.

All is registered and scheduled, and every run crashes.

Refused by: test_one_process_serves_both
"""

from prefect.types.entrypoint import EntrypointType


def inference_deployment(path: str) -> RunnerDeployment:
    return score_customers.to_deployment(
        "hourly",
        schedule=Cron("0 * * * *", timezone="UTC"),
        parameters={"path": path, "alias": "champion"},
        tags=["churn", "inference"],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy="CANCEL_NEW"),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
