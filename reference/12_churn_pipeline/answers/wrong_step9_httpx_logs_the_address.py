"""Asks with httpx, which logs each address that it calls.

Refused by: test_dead_webhook_hides_nothing
"""

import httpx


def tell(flow, flow_run, state) -> None:
    text = f"{flow.name}, run {flow_run.name}: {state.message}"
    with contextlib.suppress(httpx.HTTPError):
        httpx.post(os.environ["CHURN_WEBHOOK"], json={"text": text}, timeout=10)


for pipeline in (training_pipeline, inference_pipeline):
    pipeline.on_failure_hooks[:] = [tell]
