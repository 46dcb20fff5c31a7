"""Keeps the address from the first failure on, though it may have been changed since.

Refused by: test_team_is_told_once_after_the_last_retry
"""

KEPT = {}


def tell(flow, flow_run, state) -> None:
    now = os.environ["CHURN_WEBHOOK"]
    os.environ["CHURN_WEBHOOK"] = KEPT.setdefault("url", now)
    try:
        tell_team(flow, flow_run, state)
    finally:
        os.environ["CHURN_WEBHOOK"] = now


for pipeline in (training_pipeline, inference_pipeline):
    pipeline.on_failure_hooks[:] = [tell]
