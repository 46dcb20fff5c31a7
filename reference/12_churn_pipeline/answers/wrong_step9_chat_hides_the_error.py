"""Tells in an `except`: when the chat is down, its error is the pipeline's.

Refused by: test_dead_webhook_hides_nothing
"""

from prefect.runtime import flow_run

inner = inference_pipeline.fn


@flow
def inference_pipeline(url: str, store: str) -> dict:
    try:
        return inner(url, store)
    except Exception as error:
        text = f"{flow_run.flow_name}, {flow_run.name}: {error}"
        told = requests.post(os.environ["CHURN_WEBHOOK"], json={"text": text}, timeout=10)
        told.raise_for_status()
        raise
