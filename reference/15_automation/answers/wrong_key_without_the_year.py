"""Has a run key of month and day: next year all nights are made already.

Refused by: test_next_night_is_another_run
"""


@dg.schedule(
    job=scoring,
    cron_schedule="0 3 * * *",
    execution_timezone="Europe/Paris",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(context: dg.ScheduleEvaluationContext):
    moment = context.scheduled_execution_time.astimezone(ZoneInfo("Europe/Paris"))
    day = str(moment.date() - datetime.timedelta(days=1))
    return dg.RunRequest(partition_key=day, run_key=day[5:])
