"""Keeps what it has asked for in the module: a tick that is repeated asks for nothing.

Refused by: test_repeated_tick_asks_the_same
"""

_asked: set[tuple[int, str]] = set()


@dg.sensor(job=import_export, default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(context: dg.SensorEvaluationContext, inbox: Inbox):
    seen = int(context.cursor or 0)
    fresh = sorted(
        one
        for one in inbox.files()
        if one[0] > seen and one[1].endswith(".csv") and one not in _asked
    )
    if not fresh:
        return dg.SkipReason("no new export")
    requests = [
        dg.RunRequest(run_key=f"{name}@{modified}", tags={"export": name})
        for modified, name in fresh
    ]
    _asked.update(fresh)
    return dg.SensorResult(run_requests=requests, cursor=str(fresh[-1][0]))
