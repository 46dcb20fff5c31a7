"""Yields its requests, sets the cursor by hand, and finds the day by the partitions."""


@dg.schedule(
    job=scoring,
    cron_schedule="00 03 * * *",
    execution_timezone="Europe/Paris",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(context: dg.ScheduleEvaluationContext):
    windows = days.get_partition_keys(current_time=context.scheduled_execution_time)
    yield dg.RunRequest(
        run_key=f"night of {windows[-1]}", partition_key=windows[-1], tags={"by": "night"}
    )


@dg.sensor(job_name="import_export", default_status=dg.DefaultSensorStatus.RUNNING)
def exports_arrived(context, inbox: Inbox):
    newest = int(context.cursor) if context.cursor else -1
    arrived = False
    for modified, name in sorted(inbox.files()):
        if name.endswith(".csv") and modified > newest:
            arrived = True
            context.update_cursor(str(modified))
            yield dg.RunRequest(run_key=f"{modified}-{name}", tags={"export": name})
    if not arrived:
        yield dg.SkipReason(f"nothing since {newest}")
