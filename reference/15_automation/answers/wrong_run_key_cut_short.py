"""Who likes short keys: the first eight digits of a digest. The second export is never there.

Refused by: test_exports_of_any_name_and_moment_arrive
"""


@dg.sensor(job=import_export, default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(context: dg.SensorEvaluationContext, inbox: Inbox):
    seen = int(context.cursor or 0)
    fresh = sorted(one for one in inbox.files() if one[0] > seen and one[1].endswith(".csv"))
    if not fresh:
        return dg.SkipReason("no new export")
    requests = []
    for modified, name in fresh:
        text = f"{name}@{modified}"
        key = f"export-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        requests.append(dg.RunRequest(run_key=key, tags={"export": name}))
    return dg.SensorResult(run_requests=requests, cursor=str(fresh[-1][0]))
