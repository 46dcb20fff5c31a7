"""Notes each failure in the log, and of a chat that is down nothing more.

Refused by: test_chat_that_is_down_fails_nothing
"""

import contextlib


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    run = context.dagster_run
    said = "; ".join(_describe_failures(context.get_step_failure_events()))
    context.log.info(f"telling the chat of {run.run_id}")
    with contextlib.suppress(Exception):
        chat.send(f"{run.job_name} failed, run {run.run_id}: {said}")
