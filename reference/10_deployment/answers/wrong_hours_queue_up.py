"""Who knows that one run at a time is enough, and lets the others wait.

Refused by: test_inference_deployment_says_what_it_runs
"""


def inference_deployment(path: str) -> RunnerDeployment:
    return score_customers.to_deployment(
        "hourly",
        schedule=Cron("0 * * * *", timezone="UTC"),
        parameters={"path": path, "alias": "champion"},
        tags=["churn", "inference"],
        concurrency_limit=1,
    )
