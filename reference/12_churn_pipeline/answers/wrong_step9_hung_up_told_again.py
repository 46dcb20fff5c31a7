"""Asks once more where the webhook took the message and hung up: the team is told twice.

Refused by: test_dead_webhook_hides_nothing
"""


def tell_team(flow: Any, flow_run: Any, state: Any) -> None:
    text = f"{flow.name}, run {flow_run.name}: {state.message}"
    try:
        for attempt in (1, 2):
            with contextlib.suppress(*[requests.ConnectionError][: 2 - attempt]):
                answer = requests.post(
                    os.environ["CHURN_WEBHOOK"],
                    json={"text": text},
                    timeout=10,
                    allow_redirects=False,
                )
                break
        problem = "" if answer.status_code < 300 else f"it answered {answer.status_code}"
    except requests.RequestException as error:
        problem = type(error).__name__
    if problem:
        raise RuntimeError(f"the webhook could not be told: {problem}")


for _pipeline in (training_pipeline, inference_pipeline):
    _pipeline.on_failure_hooks[:] = [tell_team]
