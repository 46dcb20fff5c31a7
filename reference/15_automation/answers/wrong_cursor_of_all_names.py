"""Remembers every file it has ever seen.

Refused by: test_cursor_does_not_grow
"""


@dg.sensor(job=import_export, default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(context: dg.SensorEvaluationContext, inbox: Inbox):
    seen = set(map(tuple, json.loads(context.cursor or "[]")))
    fresh = sorted(one for one in inbox.files() if one not in seen and one[1].endswith(".csv"))
    if not fresh:
        return dg.SkipReason("no new export")
    requests = [
        dg.RunRequest(run_key=f"{name}@{modified}", tags={"export": name})
        for modified, name in fresh
    ]
    return dg.SensorResult(run_requests=requests, cursor=json.dumps(sorted(seen | set(fresh))))
