"""Sends the stack of each step.

Refused by: test_failure_is_told_once_with_its_cause
"""


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    run = context.dagster_run
    said = [
        event.event_specific_data.error.to_string() for event in context.get_step_failure_events()
    ]
    steps = [event.step_key for event in context.get_step_failure_events()]
    try:
        chat.send(f"{run.job_name} failed, run {run.run_id}: {steps} {said}")
    except Exception as error:
        context.log.error(repr(error))
