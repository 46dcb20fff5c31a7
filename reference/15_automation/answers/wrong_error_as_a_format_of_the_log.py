"""Who makes the error a part of the log's format: "100% of the rows", and the sensor itself fails.

Refused by: test_chat_that_is_down_fails_nothing
"""


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    run = context.dagster_run
    said = "; ".join(_describe_failures(context.get_step_failure_events()))
    try:
        chat.send(f"{run.job_name} failed, run {run.run_id}: {said}")
    except Exception as error:
        context.log.error(f"not told: {said} (%r)", error)
