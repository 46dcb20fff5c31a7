"""Keeps the jobs that it has told of: the second failure of one is silence.

Refused by: test_each_failed_run_is_told_of
"""

_told: set[str] = set()


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    run = context.dagster_run
    if run.job_name in _told:
        return
    _told.add(run.job_name)
    said = "; ".join(_describe_failures(context.get_step_failure_events()))
    try:
        chat.send(f"{run.job_name} failed, run {run.run_id}: {said}")
    except Exception as error:
        context.log.error(repr(error))
