"""Sets the cursor back where nothing has arrived.

Refused by: test_each_arrival_is_imported_once
"""


@dg.sensor(job=import_export, default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(context: dg.SensorEvaluationContext, inbox: Inbox):
    seen = int(context.cursor or 0)
    fresh = sorted(one for one in inbox.files() if one[0] > seen and one[1].endswith(".csv"))
    if not fresh:
        return dg.SensorResult(skip_reason="no new export", cursor="0")
    requests = [
        dg.RunRequest(run_key=f"{name}@{modified}", tags={"export": name})
        for modified, name in fresh
    ]
    return dg.SensorResult(run_requests=requests, cursor=str(fresh[-1][0]))
