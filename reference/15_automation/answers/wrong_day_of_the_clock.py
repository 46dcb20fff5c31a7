"""Asks the clock for the day.

Refused by: test_day_follows_from_the_scheduled_moment, test_next_night_is_another_run
"""


@dg.schedule(
    job=scoring,
    cron_schedule="0 3 * * *",
    execution_timezone="Europe/Paris",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(context: dg.ScheduleEvaluationContext):
    day = str(datetime.date.today() - datetime.timedelta(days=1))
    return dg.RunRequest(partition_key=day, run_key=day)
