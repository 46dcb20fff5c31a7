"""Who wants a run an hour and gets one an hour after the deployment: at 14:37, 15:37, 16:37.

Refused by: test_inference_runs_on_the_hour
"""


def inference_deployment(path: str) -> RunnerDeployment:
    return score_customers.to_deployment(
        "hourly",
        interval=3600,
        parameters={"path": path, "alias": "champion"},
        tags=["churn", "inference"],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy="CANCEL_NEW"),
    )
