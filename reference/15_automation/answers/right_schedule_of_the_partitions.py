"""Lets Dagster derive the schedule from the partitions; sensor and alert are generators."""

nightly = dg.build_schedule_from_partitioned_job(
    scoring,
    name="nightly",
    hour_of_day=3,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)


@dg.sensor(job=import_export, default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(context: dg.SensorEvaluationContext, inbox: Inbox):
    last = int(context.cursor or -1)
    files = sorted((when, name) for when, name in inbox.files() if name.endswith(".csv"))
    for when, name in files:
        if when > last:
            yield dg.RunRequest(run_key=f"{when} {name}", tags={"export": name})
    if not files or files[-1][0] <= last:
        yield dg.SkipReason("no new file")
    else:
        context.update_cursor(str(files[-1][0]))


@dg.run_failure_sensor(
    name="tell_the_chat",
    monitor_all_code_locations=True,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat):
    run = context.dagster_run
    text = f"{run.job_name} ({run.run_id}): " + ", ".join(
        _describe_failures(context.get_step_failure_events())
    )
    try:
        chat.send(text)
    except Exception as error:
        context.log.warning(f"nobody was told: {error!r}")
        yield dg.SkipReason("the chat is down")
    else:
        yield dg.SkipReason("told")


defs = dg.Definitions(
    assets=[daily_scores],
    jobs=[scoring, import_export],
    schedules=[nightly],
    sensors=[exports_arrived, alert_on_failure],
)
