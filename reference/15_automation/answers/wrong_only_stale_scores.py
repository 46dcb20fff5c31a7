"""Asks for what is stale only: Dagster does not look at the day there, and launches nothing.

Refused by: test_day_follows_from_the_scheduled_moment
"""


@dg.schedule(
    job=scoring,
    cron_schedule="0 3 * * *",
    execution_timezone="Europe/Paris",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    moment = context.scheduled_execution_time.astimezone(ZoneInfo("Europe/Paris"))
    day = str(moment.date() - datetime.timedelta(days=1))
    return dg.RunRequest(partition_key=day, run_key=day, stale_assets_only=True)
