"""Writes the modification as local time: another machine makes another key of it.

Refused by: test_lost_cursor_makes_no_run_twice
"""


@dg.sensor(job=import_export, default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(context: dg.SensorEvaluationContext, inbox: Inbox):
    seen = int(context.cursor or 0)
    fresh = sorted(one for one in inbox.files() if one[0] > seen and one[1].endswith(".csv"))
    if not fresh:
        return dg.SkipReason("no new export")
    requests = []
    for modified, name in fresh:
        moment = datetime.datetime.fromtimestamp(modified // 10**9)
        key = f"{name}@{moment} {modified % 10**9}"
        requests.append(dg.RunRequest(run_key=key, tags={"export": name}))
    return dg.SensorResult(run_requests=requests, cursor=str(fresh[-1][0]))
