"""What the examination of 15_automation has run inside, in the submission's process."""

# No `from __future__ import annotations`: Dagster reads those of the ops in here.

import datetime
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dojo.inside.dagster import defined, recorded_instance, scheduled

_ASSETS = ("customers", "features", "churn_model")


def ticks_after(solution: Any, folder: Path, moments: list[str]) -> dict[str, Any]:
    """Return how the schedule is deployed, and its next two ticks after some moments, in UTC."""
    from dagster._utils.schedules import schedule_execution_time_iterator

    del folder
    nightly, _ = scheduled(solution, "nightly", [solution.daily_scores], [solution.scoring])
    found = []
    for moment in moments:
        ticks = schedule_execution_time_iterator(
            datetime.datetime.fromisoformat(moment).timestamp(),
            nightly.cron_schedule,
            nightly.execution_timezone,
        )
        both = [next(ticks).astimezone(datetime.timezone.utc) for _ in range(2)]
        found.append([tick.strftime("%Y-%m-%dT%H:%M") for tick in both])
    return {"deployed as": nightly.default_status.value, "ticks": found}


def evaluate_nights(solution: Any, folder: Path, moments: list[str]) -> list[Any]:
    """Evaluate the schedule's ticks of some moments; return what each asks for."""
    import dagster as dg

    nightly, repository = scheduled(
        solution, "nightly", [solution.daily_scores], [solution.scoring]
    )
    found = []
    with recorded_instance(folder) as instance:
        for moment in moments:
            context = dg.build_schedule_context(
                instance,
                datetime.datetime.fromisoformat(moment),
                repository_def=repository,
            )
            asked = nightly.evaluate_tick(context).run_requests or []
            found.append([[one.partition_key, one.run_key] for one in asked])
    return found


def watch_inbox(solution: Any, folder: Path, script: list[list[Any]]) -> dict[str, Any]:
    """Play what happens around an inbox; return what each tick asked to import.

    Args:
        solution: The submission.
        folder: Where it may write.
        script: `arrive` name nanoseconds, `rename` name name, `tick`, or `lose` (the cursor).

    Returns:
        How the sensor is deployed, and of each tick the runs that Dagster would make of its
        requests, run keys obeyed, the cursor, and whether it says why it skips.
    """
    import dagster as dg

    (folder / "inbox").mkdir()
    inbox = solution.Inbox(folder=str(folder / "inbox"))
    sensor = defined(solution, "exports_arrived", "SensorDefinition")
    cursor, known, ticks = None, set(), []
    with recorded_instance(folder) as instance:
        for what, *told in script:
            if what == "arrive":
                path = folder / "inbox" / told[0]
                path.write_text("customer_id\n", encoding="utf-8")
                os.utime(path, ns=(told[1], told[1]))
            elif what == "rename":
                (folder / "inbox" / told[0]).rename(folder / "inbox" / told[1])
            elif what == "lose":
                cursor = None
            else:
                context = dg.build_sensor_context(
                    instance, cursor=cursor, resources={"inbox": inbox}
                )
                tick = sensor.evaluate_tick(context)
                cursor = tick.cursor if tick.cursor is not None else cursor
                asked = [one for one in tick.run_requests or [] if one.run_key not in known]
                known |= {one.run_key for one in asked} - {None}
                exports = [one.tags.get("export") for one in asked]
                ticks.append([exports, cursor, bool(tick.run_requests or tick.skip_message)])
    return {"deployed as": sensor.default_status.value, "ticks": ticks}


def deploy(solution: Any, folder: Path, script: list[list[Any]]) -> list[list[str]]:
    """Play deployments; return what the automation asks for, whenever it is asked.

    Args:
        solution: The submission.
        folder: Where it may write.
        script: `make` settings names (none: all), or `ask` settings.
    """
    import dagster as dg

    found = []
    cursor = None
    with recorded_instance(folder) as instance:
        for what, settings, *names in script:
            made = solution.make_definitions(settings)
            if what == "make":
                dg.materialize(made.assets, instance=instance, selection=names or None)
            else:
                seen = dg.evaluate_automation_conditions(made, instance, cursor=cursor)
                cursor = seen.cursor
                found.append([one for one in _ASSETS if seen.get_num_requested(dg.AssetKey(one))])
    return found


def fail(solution: Any, folder: Path, job: str, failures: dict[str, str]) -> str:
    """Make a run in which steps fail, and have the alert hear of it: first with a dead chat.

    Args:
        solution: The submission.
        folder: Where it may write; gets `chat.txt`, and a line in `dead.txt` for each call.
        job: The job's name.
        failures: The steps' names, and what their errors say.

    Returns:
        How the alert is deployed.
    """
    import dagster as dg

    class DeadChat(solution.Chat):  # type: ignore[misc]
        def send(self, text: str) -> None:
            with (folder / "dead.txt").open("a", encoding="utf-8") as file:
                file.write(text.replace("\n", " ") + "\n")
            raise ConnectionError("the chat is down")

    def make_op(name: str, text: str) -> Any:
        @dg.op(name=name)
        def failing() -> None:
            raise LookupError(text)

        return failing

    ops = [make_op(name, text) for name, text in failures.items()]

    @dg.op
    def nothing_wrong() -> None: ...

    @dg.job(name=job)
    def failing_job() -> None:
        nothing_wrong()
        for op in ops:
            op()

    alert = defined(solution, "alert_on_failure", "RunStatusSensorDefinition")
    with recorded_instance(folder) as instance:
        run = failing_job.execute_in_process(instance=instance, raise_on_error=False)
        for chat in (DeadChat(path="nowhere"), solution.Chat(path=str(folder / "chat.txt"))):
            said = alert(
                dg.build_run_status_sensor_context(
                    sensor_name="alert_on_failure",
                    dagster_event=run.get_run_failure_event(),
                    dagster_instance=instance,
                    dagster_run=run.dagster_run,
                    resources={"chat": chat},
                ).for_run_failure()
            )
            if isinstance(said, Iterator):  # Dagster iterates too
                list(said)
    return str(alert.default_status.value)
