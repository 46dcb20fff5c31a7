"""Watches the jobs that there are today: of the one after them, nobody hears.

Refused by: test_failure_is_told_once_with_its_cause
"""


@dg.run_failure_sensor(
    monitored_jobs=[scoring, import_export],
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    run = context.dagster_run
    said = "; ".join(_describe_failures(context.get_step_failure_events()))
    try:
        chat.send(f"{run.job_name} failed, run {run.run_id}: {said}")
    except Exception as error:
        context.log.error(repr(error))
