"""What the examination of 20_backfill has run inside, in the submission's process.

Features and models get calls and features that are made here; of runs that others make Dagster is
told, and nothing is run.
"""

# No `from __future__ import annotations`: Dagster reads those of the assets in here.

import contextlib
import datetime
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from dojo.inside.another import machine_in
from dojo.inside.dagster import defined, recorded_instance

_PARTITION = "dagster/partition"
_COLUMNS = ["call_id", "customer_id", "happened_at", "seconds", "arrived"]
# What the store has from before: days without a partition, one customer twice.
_FORMER = [("1999-12-31", 3, 1, 60), ("2025-12-30", 7, 2, 90), ("2025-12-30", 7, 2, 90)]
_INSERT = "INSERT INTO features VALUES (?, ?, ?, ?)"
_CHANGES = ("INSERT", "UPDATE", "REPLACE", "DELETE")
_JOURNALS = ("-journal", "-wal")
_SOME_DAY = "2026-02-10"
_ANY_TIME = datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc)


def choose(solution: Any, folder: Path, day: str, rows: list[list[Any]], zone: str) -> Any:
    """Return the calls of a day, sorted, as a machine in a time zone chooses them."""
    import pandas

    del folder
    with machine_in(zone):
        found = solution.calls_of(day, pandas.DataFrame(rows, columns=_COLUMNS))
        return sorted(map(str, found[_COLUMNS].itertuples(index=False, name=None)))


def make_days(solution: Any, folder: Path, script: list[list[Any]]) -> dict[str, Any]:
    """Make the features of days, one after the other.

    Args:
        solution: The submission.
        folder: Where it may write.
        script: The day, its calls (customer, seconds), and what befalls it: `full` (the disk, at
            the last customer), `locked`, or `overtaken` (another run of that day is done as this
            one begins to write).

    Returns:
        See `_made`; and whether, as it wrote, SQLite kept on the disk how the store was.
    """
    import pandas

    features = defined(solution, "daily_features", "AssetsDefinition")
    store, journals = _store(solution, folder), list[bool]()
    with contextlib.closing(store.connect()) as connection, connection:
        connection.executemany(_INSERT, _FORMER)
        connection.execute("CREATE VIEW report AS SELECT day, sum(calls) FROM features GROUP BY 1")
    with recorded_instance(folder) as instance:
        for day, calls, trouble in script:
            frame = pandas.DataFrame(calls, columns=["customer_id", "seconds"]).assign(
                call_id=[str(number) for number in range(len(calls))],
                happened_at=f"{day}T12:00+01:00",
                arrived=day,
            )

            before = _calls_made(solution, frame)
            given: Any = contextlib.nullcontext(solution.Store)
            if trouble == "overtaken":
                rows = [(day, one, 1, 1) for one, _ in calls]
                given = _overtaken(solution.Store, (_INSERT, rows))
            with contextlib.closing(sqlite3.connect(_path(folder))) as other, given as kind:
                if trouble == "full":
                    most = max(one for one, _ in calls)
                    _refuse(other, "INSERT", "features", f"WHEN NEW.customer_id = {most}")
                if trouble == "locked":
                    kind = _impatient(kind)
                    other.execute("BEGIN IMMEDIATE")
                _materialize([before, features], day, kind(path=_path(folder)), instance)
                other.rollback()
                journals += getattr(kind, "seen_beside", [])[1:]
            with contextlib.closing(sqlite3.connect(_path(folder))) as other:
                other.execute("DROP TRIGGER IF EXISTS refused_INSERT")
    return {**_made(features, solution.days), "can be rolled back": not journals or any(journals)}


def make_models(solution: Any, folder: Path, script: list[list[Any]]) -> dict[str, Any]:
    """Make the models of days, one after the other; keep who was the champion after each.

    Args:
        solution: The submission.
        folder: Where it may write.
        script: The day, how long each customer called, and what befalls it: `full` (the disk, as
            the champion is moved), or `overtaken` day (another run has made that day's model, and
            made it the champion, as this one begins to write), or `back` (somebody has made the
            first version the champion again, by hand).

    Returns:
        See `_made`.
    """
    model = defined(solution, "churn_model", "AssetsDefinition")
    store = _store(solution, folder)
    with contextlib.closing(store.connect()) as connection:
        connection.execute("CREATE TABLE after (version INTEGER, day TEXT, models INTEGER)")
    with recorded_instance(folder) as instance:
        for day, seconds, trouble, *more in script:
            before = _features_made(solution, folder, day, seconds)
            given: Any = contextlib.nullcontext(solution.Store)
            if trouble == "overtaken":
                insert = "INSERT INTO models (day, weight) VALUES (?, ?)"
                move = "UPDATE champion SET version = (SELECT max(version) FROM models), day = ?"
                statements = ((insert, [(*more, 0.5)]), (move, [(*more,)]))
                given = _overtaken(solution.Store, *statements)
            with contextlib.closing(store.connect()) as other:
                if trouble == "back":
                    with other:
                        first = "SELECT 1, version, day FROM models ORDER BY version LIMIT 1"
                        other.execute(f"INSERT OR REPLACE INTO champion {first}")
                if trouble == "full":
                    for change in ("INSERT", "UPDATE"):
                        _refuse(other, change, "champion")
                with given as kind:
                    _materialize([before, model], day, kind(path=_path(folder)), instance)
                for change in ("INSERT", "UPDATE"):
                    other.execute(f"DROP TRIGGER IF EXISTS refused_{change}")
                with other:
                    count = "(SELECT count(*) FROM models)"
                    other.execute(f"INSERT INTO after SELECT version, day, {count} FROM champion")
    return _made(model, solution.days)


def play(solution: Any, folder: Path, script: list[list[Any]]) -> list[Any]:
    """Play ticks beside runs of which Dagster is told; return what each step was answered with.

    Args:
        solution: The submission.
        folder: Where it may write.
        script: `next` name first last at_most, `again` name at_most, `failed` name, `add` day (or
            None: a run of no partition) status name (or None: a run of no backfill), `start` status
            number (the first so many of what was asked for last), `end` number status (the run of
            that number among those under way), `remove` name day (the first run of it), `repeat`
            name day (somebody makes the first run of it again, in Dagster's page; it fails).

    Returns:
        Of `next` and `again` a list of day, tag and run key, or `ValueError`; of `failed` the days.
    """
    import dagster as dg

    said: list[Any] = []
    asked: list[Any] = []
    under_way: list[Any] = []
    count = 0
    with recorded_instance(folder) as instance:

        def add(status: str, before: str | None = None, **tags: Any) -> None:
            nonlocal count
            count += 1  # the clock of each machine is an hour more behind
            run = dg.DagsterRun(
                "remake",
                str(uuid.uuid4()),
                status=dg.DagsterRunStatus[status],
                tags=tags,
                remote_job_origin=_origin(),
                root_run_id=before,
                parent_run_id=before,
            )
            at = _ANY_TIME - datetime.timedelta(hours=count)
            instance.run_storage.add_historical_run(run, at)
            if not run.is_finished and "backfill" in tags:
                under_way.append(run)

        for what, *told in script:
            answer: Any = None
            if what == "add":
                day, status, name = told
                tags = {_PARTITION: day, "backfill": name}
                add(status, **{key: value for key, value in tags.items() if value})
            elif what == "start":
                for one in asked[: told[1]]:
                    tags = {_PARTITION: _day(one), "dagster/run_key": one.run_key}
                    add(told[0], **{**one.tags, **tags})
            elif what in ("remove", "repeat"):
                tags = {"backfill": told[0], _PARTITION: told[1]}
                first = instance.get_runs(dg.RunsFilter(tags=tags))[-1]
                if what == "remove":
                    instance.delete_run(first.run_id)
                else:
                    add("FAILURE", first.run_id, **tags)
            elif what == "end":
                if under_way:
                    run = under_way.pop(told[0])
                    kind = f"PIPELINE_{told[1]}"
                    event = dg.DagsterEvent(event_type_value=kind, job_name="remake")
                    instance.report_dagster_event(event, run.run_id)
            elif what == "failed":
                answer = list(solution.failed_days(instance, *told))
            elif what in ("next", "again"):
                ask = solution.next_runs if what == "next" else solution.run_again
                try:
                    asked = list(ask(instance, *told))
                    answer = [[_day(one), one.tags.get("backfill"), one.run_key] for one in asked]
                except ValueError:
                    answer = "ValueError"
            said.append(answer)
    return said


def _day(request: Any) -> str:
    return str(request.partition_key or request.tags.get(_PARTITION))


def _origin() -> Any:
    """Return where a run comes from: without, none can wait in a queue."""
    from dagster._core import remote_origin as one

    repository = one.RemoteRepositoryOrigin(one.RegisteredCodeLocationOrigin("churn"), "churn")
    return one.RemoteJobOrigin(repository, "remake")


def _calls_made(solution: Any, frame: Any) -> Any:
    """Define the calls of a day, as they are before its features."""
    import dagster as dg

    @dg.asset(partitions_def=solution.days)
    def daily_calls() -> Any:
        return frame

    return daily_calls


def _features_made(solution: Any, folder: Path, day: str, seconds: list[int]) -> Any:
    """Define the features of a day, as they are before its model."""
    import dagster as dg

    @dg.asset(partitions_def=solution.days)
    def daily_features() -> None:
        rows = [(day, number, 1, one) for number, one in enumerate(seconds)]
        with contextlib.closing(_store(solution, folder).connect()) as connection, connection:
            connection.execute("DELETE FROM features WHERE day = ?", (day,))
            connection.executemany(_INSERT, rows)

    return daily_features


def _path(folder: Path) -> str:
    return str(folder / "store.db")


def _store(solution: Any, folder: Path) -> Any:
    return solution.Store(path=_path(folder))


def _materialize(assets: list[Any], day: str, store: Any, instance: Any) -> None:
    import dagster as dg

    dg.materialize(
        assets,
        partition_key=day,
        resources={"store": store},
        instance=instance,
        raise_on_error=False,
    )


def _made(asset: Any, days: Any) -> dict[str, Any]:
    """Say whether Dagster's own backfill makes a run a day, and of which days a day is made."""
    import dagster as dg

    policy, made_of = asset.backfill_policy, set()
    for key in asset.dependency_keys:
        mapping = asset.get_partition_mapping_for_dep(key)
        if mapping is None:  # some that there are, are empty tuples
            mapping = dg.IdentityPartitionMapping()
        of_day = days.subset_with_partition_keys([_SOME_DAY])
        seen = mapping.get_upstream_mapped_partitions_result_for_partitions(of_day, days, days)
        made_of.update(seen.partitions_subset.get_partition_keys())
    return {
        "a run a day": policy is None or policy.max_partitions_per_run == 1,
        "made of its own day": made_of == {_SOME_DAY},
    }


def _refuse(connection: Any, change: str, table: str, when: str = "") -> None:
    """Have a disk that is full at a change of a table."""
    connection.execute(
        f"CREATE TRIGGER refused_{change} BEFORE {change} ON {table} {when}"
        " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    )


@contextlib.contextmanager
def _overtaken(kind: type, *statements: tuple[str, list[tuple[Any, ...]]]) -> Iterator[Any]:
    """Make a store into which another run writes when a first transaction, or change, begins.

    Just before the next change one more writes, to no effect. Where it may not, it gives up; where
    it would have to wait for somebody who reads, it waits: until this change was made.
    """
    to_write, to_repeat = list(statements), ["UPDATE features SET calls = calls"]
    waiting: list[sqlite3.Connection] = []
    journals: list[bool] = []  # whether there is one on the disk, as each change begins

    class Overtaken(kind):  # type: ignore[misc]
        seen_beside: ClassVar[list[bool]] = journals

        def connect(self) -> Any:
            connection = super().connect()

            def on_statement(statement: str) -> None:
                does = statement.lstrip().upper()
                if does.startswith(_CHANGES):
                    journals.append(any(Path(self.path + one).exists() for one in _JOURNALS))
                while waiting:
                    waiting.pop().close()
                if to_write and does.startswith(("BEGIN", *_CHANGES)):
                    with contextlib.closing(sqlite3.connect(self.path, timeout=0)) as other, other:
                        while to_write:
                            other.executemany(*to_write.pop(0))
                elif to_repeat and does.startswith(_CHANGES):
                    waiting.append(sqlite3.connect(self.path, timeout=0, isolation_level=None))
                    with contextlib.suppress(sqlite3.OperationalError):
                        for one in ("BEGIN IMMEDIATE", to_repeat.pop(), "COMMIT"):
                            waiting[-1].execute(one)

            connection.set_trace_callback(on_statement)
            return connection

    yield Overtaken
    while waiting:
        waiting.pop().close()


def _impatient(kind: type) -> Any:
    """Make a store that says at once that it is locked."""

    class Impatient(kind):  # type: ignore[misc]
        def connect(self) -> Any:
            connection = super().connect()
            connection.execute("PRAGMA busy_timeout = 0")
            connection.set_authorizer(_no_patience)
            return connection

    return Impatient


def _no_patience(action: int, name: Any, *_: object) -> int:
    """Leave a longer patience with other writers without effect."""
    asked = action == sqlite3.SQLITE_PRAGMA and name == "busy_timeout"
    return sqlite3.SQLITE_IGNORE if asked else sqlite3.SQLITE_OK
