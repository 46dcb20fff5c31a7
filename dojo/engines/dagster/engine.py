"""Give Dagster an instance of its own, in memory, and retries that wait on a virtual clock."""

# No `from __future__ import annotations`: Dagster reads those of what is rehearsed.

import contextlib
import datetime
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.engines.dagster import seams
from dojo.engines.protocol import Engine, Say
from dojo.engines.seams import check_seams
from dojo.ground.run_folder import Room
from dojo.world.clock import RetryClock


def isolate(room: Room) -> None:
    """Set the environment that Dagster reads: ours, never the learner's own."""
    for name in [name for name in os.environ if name.startswith("DAGSTER_")]:
        del os.environ[name]
    os.environ.update(DAGSTER_HOME=str(room.folder("dagster")), DAGSTER_DISABLE_TELEMETRY="1")


@contextlib.contextmanager
def running(room: Room, say: Say) -> Iterator[str]:
    """Have Dagster imported, once for all forks; it needs no server."""
    del room, say
    import dagster

    check_seams(seams.SEAMS)
    # Whoever is the first to ask for it, or to run anything, has Dagster set its logger's level.
    dagster.get_dagster_logger()
    yield ""


@contextlib.contextmanager
def new_instance(folder: Path) -> Iterator[Any]:
    """Open an empty `dagster.DagsterInstance`: history in memory, values in files.

    Args:
        folder: Made when needed. Whoever asks for the instance of `DAGSTER_HOME` during the block
            finds it there too, empty.

    Yields:
        The instance.
    """
    from dagster import DagsterInstance

    home = folder / "home"
    home.mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, DAGSTER_HOME=str(home)))
        with _marked_as_the_first():
            opened = DagsterInstance.ephemeral(tempdir=str(folder))
        yield stack.enter_context(opened)


_marks: dict[str, list[str]] = {}


@contextlib.contextmanager
def _marked_as_the_first() -> Iterator[None]:
    """Have the tables of an instance get their version as those of the first one got it.

    To find out which it is, Alembic runs ninety scripts: most of the time that an instance takes.
    """
    with contextlib.ExitStack() as stack:
        for seam in seams.MARKED:
            stack.enter_context(seam.replaced(_marking(seam.target, seam.read())))
        yield


def _marking(key: str, real: Callable[..., None]) -> Callable[..., None]:
    def mark(config: Any, connection: Any, *args: Any) -> None:
        ask = connection.exec_driver_sql
        if key in _marks:
            for statement in _marks[key]:
                ask(statement)
            return
        # Alembic takes a % in the path of its own settings for the begin of a name in them.
        folder = config.file_config.get("DEFAULT", "here", raw=True)
        config.file_config.set("DEFAULT", "here", folder.replace("%%", "%").replace("%", "%%"))
        real(config, connection, *args)
        table = ask("SELECT sql FROM sqlite_master WHERE name = 'alembic_version'").scalar()
        found = ask("SELECT version_num FROM alembic_version").scalars()
        _marks[key] = [table, *(f"INSERT INTO alembic_version VALUES ('{one}')" for one in found)]

    return mark


def save_history(instance: Any, folder: Path) -> None:
    """Write what an instance of `new_instance` knows into SQLite files, for another process.

    Args:
        instance: The instance, open.
        folder: Gets `events.db` and `runs.db`, each with the tables that Dagster makes.
    """
    opened = {
        "events.db": instance.event_log_storage.index_connection(),
        "runs.db": instance.run_storage.connect(),
    }
    for name, opening in opened.items():
        with opening as connection, contextlib.closing(sqlite3.connect(folder / name)) as target:
            connection.connection.driver_connection.backup(target)


def load_value(
    load: Callable[[], Any],
    instance: Any,
    *names: str,
    resources: dict[str, Any],
    partition_key: str | None = None,
) -> Any:
    """Load an asset's value as a process does that has not made it.

    Args:
        load: Loads the solution afresh: nothing is in its memory.
        instance: Where the asset was made.
        names: The assets'; the value is the last one's.
        resources: What they need.
        partition_key: Which part of it.

    Returns:
        The value; a text that names the error if it could not be loaded.
    """
    from dagster import Definitions

    solution = load()
    definitions = Definitions([getattr(solution, name) for name in names], resources=resources)
    try:
        return definitions.load_asset_value(
            names[-1], instance=instance, partition_key=partition_key
        )
    except Exception as error:  # whatever keeps it from being loaded
        return f"{type(error).__name__}: {error}"


class _VirtualTime:
    """What Dagster's execution asks for the time and waits with, between two tries of a step."""

    def __init__(self, clock: RetryClock) -> None:
        self._clock = clock
        self._now = time.time()

    def time(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        if not self._clock.wait(seconds, "engine"):
            time.sleep(seconds)
        self._now += seconds


@contextlib.contextmanager
def free_retries(clock: RetryClock) -> Iterator[None]:
    """Make the waits between the tries of a step free; `clock` has them, exact."""
    # Both in one place: a wait that is free, seen by a clock that goes on, is made for ever.
    with seams.STEP_CLOCK.replaced(_VirtualTime(clock)):
        yield


@contextlib.contextmanager
def crashing(check: str) -> Iterator[None]:
    """Have an asset check crash, whatever its function is called, for the length of a block."""
    real = seams.CALL_STEP.read()

    def invoke(fn: Any, context: Any, *more: Any, **rest: Any) -> Any:
        chosen = context.op_execution_context.selected_asset_check_keys
        if check in {key.name for key in chosen}:
            raise MemoryError(f"{check} was killed")
        return real(fn, context, *more, **rest)

    with seams.CALL_STEP.replaced(invoke):
        yield


@contextlib.contextmanager
def during(instance: Any, step: str, call: Callable[[], object]) -> Iterator[None]:
    """Make a call whenever a step of a run has begun in the block, before it does its work."""
    storage = instance.event_log_storage
    real = storage.store_event

    def store(entry: Any) -> None:
        real(entry)
        event = entry.dagster_event
        if event is not None and event.is_step_start and event.step_key == step:
            call()

    with mock.patch.object(storage, seams.STORE_EVENT.name, store):
        yield


@contextlib.contextmanager
def tried_before(times: int) -> Iterator[None]:
    """Have Dagster know of earlier tries of every step, as of those that another process made."""
    real = seams.TRIES.read()
    with seams.TRIES.replaced(lambda state, key: real(state, key) + times):
        yield


def rehearse(folder: Path) -> None:
    """Do once what solutions do, so that what Dagster imports lazily has been imported."""
    import dagster as dg

    days = dg.DailyPartitionsDefinition("2026-01-01")
    tries: list[int] = []

    class RehearsedConfig(dg.Config):
        number: int = 1

    class RehearsedResource(dg.ConfigurableResource[Any]):
        number: int = 1

    @dg.asset(partitions_def=days, automation_condition=dg.AutomationCondition.eager())
    def first(
        context: dg.AssetExecutionContext, config: RehearsedConfig, rehearsed: RehearsedResource
    ) -> int:
        tries.append(1)
        if len(tries) == 1:
            raise dg.RetryRequested(seconds_to_wait=1)
        context.add_output_metadata({"rows": rehearsed.number})
        return config.number

    @dg.asset(
        retry_policy=dg.RetryPolicy(delay=1, backoff=dg.Backoff.EXPONENTIAL), partitions_def=days
    )
    def second(first: int) -> int:
        if len(tries) < 3:
            tries.append(1)
            raise ValueError(first)
        return first

    @dg.asset_check(asset=first, blocking=True, partitions_def=days)
    def checked(first: int) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=first == 1, metadata={"rows": first})

    job = dg.define_asset_job("rehearsed", [first, second])

    @dg.schedule(cron_schedule="0 3 * * *", job=job, execution_timezone="Europe/Paris")
    def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(run_key=str(context.scheduled_execution_time))

    @dg.sensor(job=job)
    def arrival(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        return dg.SensorResult([dg.RunRequest(run_key="1")], cursor=context.cursor or "1")

    definitions = dg.Definitions(
        [first, second],
        asset_checks=[checked],
        jobs=[job],
        schedules=[nightly],
        sensors=[arrival],
        resources={"rehearsed": RehearsedResource()},
    )
    dg.Definitions.validate_loadable(definitions)
    with new_instance(folder / "instance") as instance, free_retries(RetryClock()):
        dg.materialize(
            [first, second, checked],
            partition_key="2026-01-02",
            instance=instance,
            resources={"rehearsed": RehearsedResource()},
        )
        night = datetime.datetime(2026, 1, 3, 3, tzinfo=datetime.timezone.utc)
        nightly.evaluate_tick(dg.build_schedule_context(instance, night))
        arrival.evaluate_tick(dg.build_sensor_context(instance))
        dg.evaluate_automation_conditions(definitions, instance)


ENGINE = Engine(
    isolate=isolate,
    running=running,
    rehearse=rehearse,
    variables=("DAGSTER_DISABLE_TELEMETRY",),
    title="Dagster",
    packages=("dagster",),
    frames=("dagster",),
    ports={3000: "Dagster UI"},
    reads_types=tuple(seam.name for seam in seams.DEFINITION_ERRORS),
    begins_with="dagster",
    parts={
        "heard": "dojo.replay.heard.dagster:heard",
        "left": "dojo.replay.heard.dagster:left",
        "opened": "dojo.laws.dagster:noted_instances",
        "program": "dojo.replay.heard.dagster:heard",
        "watched": "dojo.laws.dagster:watched_steps",
    },
    seams=seams.SEAMS,
)
