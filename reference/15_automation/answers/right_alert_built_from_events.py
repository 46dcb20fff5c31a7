"""Reads the failures from the run's own events, and tells them with the steps first."""


@dg.run_failure_sensor(name="alerts", default_status=dg.DefaultSensorStatus.RUNNING)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat):
    causes = {}
    for event in context.get_step_failure_events():
        causes[event.step_key] = event.event_specific_data.error
        while causes[event.step_key] and causes[event.step_key].cause:
            causes[event.step_key] = causes[event.step_key].cause
    lines = [
        f"{step} ({error.message.splitlines()[0] if error else 'no error was noted'})"
        for step, error in causes.items()
    ]
    try:
        chat.send(
            ", ".join(lines) + f" in {context.dagster_run.job_name} / {context.dagster_run.run_id}"
        )
    except Exception:
        context.log.warning("nobody was told")
