"""Tells of each step that was tried again, also of one that came through.

Refused by: test_failure_is_told_once_with_its_cause
"""


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    run = context.dagster_run
    said = "; ".join(_describe_failures(context.get_step_failure_events()))
    again = context.instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_UP_FOR_RETRY)
    said += f"; tried again: {[one.step_key for one in again]}"
    try:
        chat.send(f"{run.job_name} failed, run {run.run_id}: {said}")
    except Exception as error:
        context.log.error(repr(error))
