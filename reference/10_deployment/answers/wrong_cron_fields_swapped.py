"""Who puts the hour before the minute: every minute from midnight to one, and then nothing.

Refused by: test_inference_runs_on_the_hour
"""


def inference_deployment(path: str) -> RunnerDeployment:
    return score_customers.to_deployment(
        "hourly",
        schedule=Cron("* 0 * * *", timezone="UTC"),
        parameters={"path": path, "alias": "champion"},
        tags=["churn", "inference"],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy="CANCEL_NEW"),
    )
