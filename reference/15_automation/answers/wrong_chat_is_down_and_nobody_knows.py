"""Swallows the error of the chat: nothing says why nobody hears of failures.

Refused by: test_chat_that_is_down_fails_nothing
"""

import contextlib


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def alert_on_failure(context: dg.RunFailureSensorContext, chat: Chat) -> None:
    run = context.dagster_run
    said = "; ".join(_describe_failures(context.get_step_failure_events()))
    with contextlib.suppress(Exception):
        chat.send(f"{run.job_name} failed, run {run.run_id}: {said}")


defs = dg.Definitions(
    assets=[daily_scores],
    jobs=[scoring, import_export],
    schedules=[nightly],
    sensors=[exports_arrived, alert_on_failure],
    resources={
        "inbox": Inbox(folder=dg.EnvVar("CHURN_INBOX")),
        "chat": Chat(path=dg.EnvVar("CHURN_CHAT")),
    },
)
