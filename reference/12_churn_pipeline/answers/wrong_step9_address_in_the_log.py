"""Raises for a bad status in the hook: the engine logs it, with the webhook's whole address.

Refused by: test_dead_webhook_hides_nothing
"""


def post(flow, flow_run, state) -> None:
    text = f"{flow.name}, run {flow_run.name}: {state.message}"
    requests.post(os.environ["CHURN_WEBHOOK"], json={"text": text}, timeout=10).raise_for_status()


inference_pipeline.on_failure_hooks[:] = [post]
