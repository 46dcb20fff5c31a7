"""Does not try a chat again that was down once.

Refused by: test_chat_that_is_down_fails_nothing
"""

_down: list[str] = []


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    run = context.dagster_run
    if _down:
        return
    said = "; ".join(_describe_failures(context.get_step_failure_events()))
    try:
        chat.send(f"{run.job_name} failed, run {run.run_id}: {said}")
    except Exception as error:
        context.log.error(repr(error))
        _down.append(run.run_id)
