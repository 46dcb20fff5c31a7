"""Turns the moment into the zone of the machine, and that was Paris where it was tried.

Refused by: test_day_follows_from_the_scheduled_moment
"""


@dg.schedule(
    job=scoring,
    cron_schedule="0 3 * * *",
    execution_timezone="Europe/Paris",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(context: dg.ScheduleEvaluationContext):
    moment = context.scheduled_execution_time.astimezone()
    day = str(moment.date() - datetime.timedelta(days=1))
    return dg.RunRequest(partition_key=day, run_key=day)
