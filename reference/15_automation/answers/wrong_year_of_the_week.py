"""Takes the year of the ISO week, which is another one around New Year.

Refused by: test_day_follows_from_the_scheduled_moment
"""


@dg.schedule(
    job=scoring,
    cron_schedule="0 3 * * *",
    execution_timezone="Europe/Paris",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(context: dg.ScheduleEvaluationContext):
    moment = context.scheduled_execution_time.astimezone(ZoneInfo("Europe/Paris"))
    day = (moment - datetime.timedelta(days=1)).strftime("%G-%m-%d")
    return dg.RunRequest(partition_key=day, run_key=day)
