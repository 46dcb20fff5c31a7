"""Tells that something has failed, not what.

Refused by: test_team_is_told_once_after_the_last_retry
"""


def shout(flow, flow_run, state) -> None:
    requests.post(os.environ["CHURN_WEBHOOK"], json={"text": "A pipeline failed!"}, timeout=10)


training_pipeline.on_failure_hooks[:] = [shout]
