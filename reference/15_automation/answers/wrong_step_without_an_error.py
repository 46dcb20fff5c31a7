"""Takes it that each step has an error; of one that was evicted there is none, and nobody is told.

Refused by: test_each_failed_run_is_told_of
"""


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    run, said = context.dagster_run, []
    try:
        for event in context.get_step_failure_events():
            error = event.event_specific_data.error
            while error.cause is not None:
                error = error.cause
            said.append(f"{event.step_key}: {error.message.strip().splitlines()[0]}")
        chat.send(f"{run.job_name} failed, run {run.run_id}: {'; '.join(said)}")
    except Exception as error:
        context.log.error(f"the chat is down: {error!r}")
