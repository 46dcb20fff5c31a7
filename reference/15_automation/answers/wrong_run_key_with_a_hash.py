"""Shortens the run key with `hash`: another process has other keys, and imports all again.

Refused by: test_lost_cursor_makes_no_run_twice
"""


@dg.sensor(job=import_export, default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(context: dg.SensorEvaluationContext, inbox: Inbox):
    seen = int(context.cursor or 0)
    fresh = sorted(one for one in inbox.files() if one[0] > seen and one[1].endswith(".csv"))
    if not fresh:
        return dg.SkipReason("no new export")
    requests = [
        dg.RunRequest(run_key=str(hash((name, modified))), tags={"export": name})
        for modified, name in fresh
    ]
    return dg.SensorResult(run_requests=requests, cursor=str(fresh[-1][0]))
