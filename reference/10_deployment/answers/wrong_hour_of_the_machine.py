"""Anchors the interval to the last full hour of the machine: in Kathmandu that is a quarter past.

Refused by: test_inference_leaves_no_hour_out, test_inference_runs_on_the_hour
"""

from prefect.schedules import Interval


def inference_deployment(path: str) -> RunnerDeployment:
    begun = datetime.datetime.now().astimezone().replace(minute=0, second=0, microsecond=0)
    return score_customers.to_deployment(
        "hourly",
        schedule=Interval(3600, anchor_date=begun, timezone="UTC"),
        parameters={"path": path, "alias": "champion"},
        tags=["churn", "inference"],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy="CANCEL_NEW"),
    )
