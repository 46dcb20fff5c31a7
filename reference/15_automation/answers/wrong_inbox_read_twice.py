"""Reads the inbox for the requests, and again for the cursor: what came in between is lost.

Refused by: test_each_arrival_is_imported_once
"""


@dg.sensor(job=import_export, default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(
    context: dg.SensorEvaluationContext, inbox: Inbox
) -> dg.SensorResult | dg.SkipReason:
    seen = int(context.cursor or 0)
    requests = [
        dg.RunRequest(run_key=f"{name}@{modified}", tags={"export": name})
        for modified, name in sorted(inbox.files())
        if modified > seen and name.endswith(".csv")
    ]
    if not requests:
        return dg.SkipReason("no new export")
    newest = max(modified for modified, name in inbox.files() if name.endswith(".csv"))
    return dg.SensorResult(run_requests=requests, cursor=str(newest))
