"""Lets the chat's error out of the sensor.

Refused by: test_chat_that_is_down_fails_nothing
"""


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    run = context.dagster_run
    said = "; ".join(_describe_failures(context.get_step_failure_events()))
    chat.send(f"{run.job_name} failed, run {run.run_id}: {said}")
