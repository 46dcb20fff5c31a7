"""Cuts the whole text, with the error first: of a long one the names are lost.

Refused by: test_team_is_told_once_after_the_last_retry
"""


def shout(flow, flow_run, state) -> None:
    short = f"{state.message} ({flow.name}, run {flow_run.name})"[:1000]
    requests.post(os.environ["CHURN_WEBHOOK"], json={"text": short}, timeout=10)


training_pipeline.on_failure_hooks[:] = [shout]
inference_pipeline.on_failure_hooks[:] = [shout]
