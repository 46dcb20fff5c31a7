"""Passes on what Dagster says of the run: which steps failed, not why.

Refused by: test_failure_is_told_once_with_its_cause
"""


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    run = context.dagster_run
    try:
        chat.send(f"{run.job_name} failed, run {run.run_id}: {context.failure_event.message}")
    except Exception as error:
        context.log.error(repr(error))
