"""Adds the hook with the decorator, posts with the standard library, and schedules by rules."""

import urllib.request

from prefect.client.schemas.schedules import CronSchedule, RRuleSchedule

training_pipeline.on_failure_hooks.clear()
inference_pipeline.on_failure_hooks.clear()


@training_pipeline.on_failure
@inference_pipeline.on_failure
def post(flow, flow_run, state) -> None:
    error = state.result(raise_on_failure=False)
    text = f"{flow.name} / {flow_run.name} failed with {error}"
    body = json.dumps({"text": text, "username": "prefect"}).encode()
    head = {"Content-Type": "application/json"}
    request = urllib.request.Request(os.environ["CHURN_WEBHOOK"], body, head, method="POST")
    urllib.request.urlopen(request, timeout=5).close()


def deployments(url: str, store: str) -> list:
    nightly = RRuleSchedule(
        rrule="FREQ=DAILY;BYHOUR=4;BYMINUTE=0;BYSECOND=0", timezone="Europe/Paris"
    )
    hourly = CronSchedule(cron="@hourly", timezone="Africa/Lagos")  # its clocks never change
    given = dict(url=url, store=store)
    return [
        inference_pipeline.to_deployment("scores", schedules=[hourly], parameters=given),
        training_pipeline.to_deployment(
            "model", schedules=[nightly], parameters={**given, "min_auc": 0.8}, tags=["churn"]
        ),
    ]
