"""Logs all that stands before the first slash as the host: also a token behind a question mark.

Refused by: test_dead_webhook_hides_nothing
"""

_tell = tell_team


def tell(flow, flow_run, state) -> None:
    try:
        _tell(flow, flow_run, state)
    except RuntimeError as error:
        host = os.environ["CHURN_WEBHOOK"].split("/")[2]
        raise RuntimeError(f"{host} could not be told") from error


for pipeline in (training_pipeline, inference_pipeline):
    pipeline.on_failure_hooks[:] = [tell]
