"""Writes accents in one form: an export from a Mac is asked for by a name that no file has.

Refused by: test_exports_of_any_name_and_moment_arrive
"""

import unicodedata


@dg.sensor(job=import_export, default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(
    context: dg.SensorEvaluationContext, inbox: Inbox
) -> dg.SensorResult | dg.SkipReason:
    seen = int(context.cursor or 0)
    requests, newest = [], seen
    for modified, name in sorted(inbox.files()):
        if modified > seen and name.endswith(".csv"):
            one_form, newest = unicodedata.normalize("NFC", name), modified
            requests.append(
                dg.RunRequest(run_key=f"{one_form}@{modified}", tags={"export": one_form})
            )
    return (
        dg.SensorResult(requests, cursor=str(newest)) if requests else dg.SkipReason("nothing new")
    )
