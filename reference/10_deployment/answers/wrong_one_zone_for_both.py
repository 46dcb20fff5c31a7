"""Who has learnt that schedules need the zone of Paris, and puts it everywhere.

The clock on the wall shows 02:00 twice in October; a cron starts one run for both.

Refused by: test_inference_leaves_no_hour_out
"""


def inference_deployment(path: str) -> RunnerDeployment:
    return score_customers.to_deployment(
        "hourly",
        schedule=Cron("0 * * * *", timezone="Europe/Paris"),
        parameters={"path": path, "alias": "champion"},
        tags=["churn", "inference"],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy="CANCEL_NEW"),
    )
