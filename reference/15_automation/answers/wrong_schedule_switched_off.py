"""Is deployed as it is by default: stopped.

Refused by: test_ticks_are_at_three_in_paris
"""


@dg.schedule(
    job=scoring,
    cron_schedule="0 3 * * *",
    execution_timezone="Europe/Paris",
)
def nightly(context: dg.ScheduleEvaluationContext):
    moment = context.scheduled_execution_time.astimezone(ZoneInfo("Europe/Paris"))
    day = str(moment.date() - datetime.timedelta(days=1))
    return dg.RunRequest(partition_key=day, run_key=day)
