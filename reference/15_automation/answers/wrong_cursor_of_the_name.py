"""Remembers the last name: what is earlier in the alphabet has never arrived.

Refused by: test_each_arrival_is_imported_once, test_correction_is_imported_again,
    test_cursor_does_not_grow
"""


@dg.sensor(job=import_export, default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(context: dg.SensorEvaluationContext, inbox: Inbox):
    seen = context.cursor or ""
    fresh = sorted(one for one in inbox.files() if one[1] > seen and one[1].endswith(".csv"))
    if not fresh:
        return dg.SkipReason("no new export")
    requests = [
        dg.RunRequest(run_key=f"{name}@{modified}", tags={"export": name})
        for modified, name in fresh
    ]
    return dg.SensorResult(run_requests=requests, cursor=max(name for _, name in fresh))
