"""Who spares the queue: a thousand imports a tick. What came beside them is behind the cursor.

Refused by: test_cursor_does_not_grow
"""


@dg.sensor(job=import_export, default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(context: dg.SensorEvaluationContext, inbox: Inbox):
    seen = int(context.cursor or 0)
    fresh = sorted(one for one in inbox.files() if one[0] > seen and one[1].endswith(".csv"))
    if not fresh:
        return dg.SkipReason("no new export")
    requests = [
        dg.RunRequest(run_key=f"{name}@{modified}", tags={"export": name})
        for modified, name in fresh[:1000]
    ]
    return dg.SensorResult(run_requests=requests, cursor=str(fresh[-1][0]))
