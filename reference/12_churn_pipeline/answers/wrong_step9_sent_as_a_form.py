"""Posts with urllib, which calls the JSON a form: the service finds no field in it, and says 400.

Refused by: test_team_is_told_once_after_the_last_retry
"""

import urllib.request


def post(flow, flow_run, state) -> None:
    body = json.dumps({"text": f"{flow.name}, {flow_run.name}: {state.message}"}).encode()
    with (
        contextlib.suppress(OSError),
        urllib.request.urlopen(os.environ["CHURN_WEBHOOK"], body, timeout=10),
    ):
        pass


for pipeline in (training_pipeline, inference_pipeline):
    pipeline.on_failure_hooks[:] = [post]
