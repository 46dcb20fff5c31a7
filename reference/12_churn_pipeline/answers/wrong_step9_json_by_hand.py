"""Writes the JSON itself: an error with a quote in it is refused by the chat.

Refused by: test_team_is_told_once_after_the_last_retry
"""


def tell(flow, flow_run, state) -> None:
    said = str(state.message).replace("\n", " ")
    body = f'{{"text": "{flow.name}, run {flow_run.name}: {said}"}}'
    head = {"Content-Type": "application/json"}
    try:
        requests.post(os.environ["CHURN_WEBHOOK"], body.encode(), headers=head, timeout=10)
    except requests.RequestException as error:
        print(f"nobody was told: {type(error).__name__}")


for pipeline in (training_pipeline, inference_pipeline):
    pipeline.on_failure_hooks[:] = [tell]
