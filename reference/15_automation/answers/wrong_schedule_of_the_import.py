"""Asks for the import instead of the scoring: both were defined on one page.

Refused by: test_ticks_are_at_three_in_paris
"""


@dg.schedule(
    job=import_export,
    cron_schedule="0 3 * * *",
    execution_timezone="Europe/Paris",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(context: dg.ScheduleEvaluationContext):
    moment = context.scheduled_execution_time.astimezone(ZoneInfo("Europe/Paris"))
    day = str(moment.date() - datetime.timedelta(days=1))
    return dg.RunRequest(partition_key=day, run_key=day)
