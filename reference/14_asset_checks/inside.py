"""What the examination of 14_asset_checks has run inside, in the submission's process.

A gate, a look at the volume and the scores get customers that are made here, not the submission's
own asset: who errs in one task loses that task.
"""

# No `from __future__ import annotations`: Dagster reads those of the assets in here.

import contextlib
import datetime
import functools
import io
import os
import re
import shutil
import sqlite3
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.inside.another import machine_in
from dojo.inside.dagster import (
    crashing,
    defined,
    load_value,
    new_instance,
    recorded_instance,
)

# What the warehouse has from before: days without a partition, one customer twice.
_FORMER = [("1999-12-31", 3, 0.5), ("2025-12-30", 7, 0.25), ("2025-12-30", 7, 0.25)]
_NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
_CHECKS = ("customers_are_sound", "volume_is_usual")
_SIZE = 2**16


def keys_at(solution: Any, folder: Path, moments: list[str]) -> list[Any]:
    """Return which days have a partition at some moments: the first, the last, how many."""
    del folder
    days = defined(solution, "days", "PartitionsDefinition")
    found = []
    for moment in moments:
        keys = list(days.get_partition_keys(current_time=datetime.datetime.fromisoformat(moment)))
        found.append([keys[0], keys[-1], len(keys)])
    return found


def rides_along(solution: Any, folder: Path, name: str) -> bool:
    """Say whether a check is in each run that Dagster asks for: it has no condition of its own."""
    del folder
    specs = defined(solution, name, "AssetsDefinition").check_specs
    return not any(spec.automation_condition for spec in specs)


def table_of_others(solution: Any, folder: Path) -> list[Any]:
    """Return what the table's columns are, and the views of the warehouse."""
    del solution
    with contextlib.closing(sqlite3.connect(_path(folder))) as connection:
        columns = "SELECT name, type, \"notnull\" FROM pragma_table_info('scores')"
        views = "SELECT name FROM sqlite_master WHERE type = 'view'"
        return [[list(row) for row in connection.execute(one)] for one in (columns, views)]


def runs_of_one_day(solution: Any, folder: Path, name: str) -> bool:
    """Say whether Dagster's own backfill makes one run of each partition of an asset."""
    del folder
    policy = defined(solution, name, "AssetsDefinition").backfill_policy
    return policy is None or policy.max_partitions_per_run == 1


def read_days(solution: Any, folder: Path, exports: list[list[str]]) -> list[Any]:
    """Make the submission's own asset of days, one after the other; return what it is."""
    import dagster as dg

    customers = defined(solution, "daily_customers", "AssetsDefinition")
    values = []
    with recorded_instance(folder) as instance:
        for day, text in exports:
            _write(folder / "exports", day, text)
            result = dg.materialize(
                [customers],
                partition_key=day,
                resources=_resources(solution, folder, "exports"),
                instance=instance,
            )
            values.append(result.asset_value("daily_customers"))
    return values


def make_nights(
    solution: Any, folder: Path, nights: list[Any], names: list[str], rows: int = 0
) -> list[Any]:
    """Make days one after the other, each of an export of its own.

    Args:
        solution: The submission; another one, if `rows` is not 0.
        folder: Where it may write.
        nights: The day, its customers, what befalls it (see `_befalls`; empty: nothing), and how
            many customers the company has (0: those).
        names: What of the submission takes part, between customers and campaign.
        rows: What EXPECTED_ROWS is; 0 for what it is there.

    Returns:
        Of each day, for which days the scores would be made by Dagster's automation afterwards.
    """
    import dagster as dg

    other = _loaded_again(solution, EXPECTED_ROWS=rows) if rows else solution
    examined = [defined(other, name, "AssetsDefinition") for name in names]
    days = examined[0].partitions_def or solution.days
    warehouse = solution.Warehouse(path=str(folder / "warehouse.db"))
    with contextlib.closing(warehouse.connect()) as connection, connection:
        connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", _FORMER)
        connection.execute("CREATE VIEW report AS SELECT day, count(*) FROM scores GROUP BY day")
    asked: list[Any] = []
    with recorded_instance(folder) as instance:
        for number, (day, text, trouble, count) in enumerate(nights):
            place = f"exports-{number}"
            customers = _write(folder / place, day, text, count)
            resources = _resources(solution, folder, place)
            looks = "customers_are_sound" in names
            asks = _automation(solution, instance, day) if looks else list
            with _befalls(solution, folder, trouble, customers, resources):
                dg.materialize(
                    [*_around(days, folder / place), *(getattr(other, one) for one in names)],
                    partition_key=day,
                    resources=resources,
                    instance=instance,
                    raise_on_error=False,
                )
            asked.append(asks())
    return asked


def _around(days: Any, exports: Path) -> list[Any]:
    """Define what is before the submission's part, and what is after it."""
    import dagster as dg
    import pandas

    @dg.asset(partitions_def=days)
    def daily_customers(context: dg.AssetExecutionContext) -> Any:
        return pandas.read_csv(exports / f"{context.partition_key}.csv")

    @dg.asset(partitions_def=days, deps=[daily_customers])
    def campaign() -> None: ...

    return [daily_customers, campaign]


def _automation(solution: Any, instance: Any, day: str) -> Any:
    """Begin to look, as Dagster's daemon does in the night after a day, at what is asked for."""
    import dagster as dg

    known = [getattr(solution, one) for one in ("daily_customers", *_CHECKS, "daily_scores")]
    known = [one for one in known if isinstance(one, dg.AssetsDefinition)]
    if not any(spec.automation_condition for one in known for spec in one.specs):
        return list
    definitions = dg.Definitions(
        [one for one in known if one.keys],
        asset_checks=[one for one in known if not one.keys],
        resources={"exports": None, "warehouse": None},
    )
    night = datetime.datetime.fromisoformat(f"{day}T03:00").replace(tzinfo=datetime.timezone.utc)
    night += datetime.timedelta(days=1)
    before = dg.evaluate_automation_conditions(definitions, instance, evaluation_time=night)

    def asked_since() -> list[str]:
        after = dg.evaluate_automation_conditions(
            definitions,
            instance,
            evaluation_time=night + datetime.timedelta(minutes=1),
            cursor=before.cursor,
        )
        return sorted(map(str, after.get_requested_partitions(dg.AssetKey("daily_scores"))))

    return asked_since


@contextlib.contextmanager
def _befalls(
    solution: Any, folder: Path, trouble: list[Any], customers: Any, resources: dict[str, Any]
) -> Iterator[None]:
    """Have something happen to a day.

    Args:
        solution: The submission.
        folder: Where it may write.
        trouble: `full` (the disk, at the last customer), `refused` id (at that one), `locked`, or
            `overtaken` day ids (another run has written them when this one begins); or nothing.
        customers: The day's.
        resources: Its resources: some troubles give it another warehouse.
    """
    kind, *more = trouble or [""]
    if kind == "overtaken":
        rows = [(more[0], one, 0.5) for one in more[1]]
        resources["warehouse"] = _overtaken(solution.Warehouse, rows)(path=_path(folder))
    elif kind:
        at = int(customers["customer_id"].iloc[-2])
        resources["warehouse"] = _impatient(solution.Warehouse, at, folder / "copies")(
            path=_path(folder)
        )
    with contextlib.closing(sqlite3.connect(_path(folder))) as connection:
        if kind in ("full", "refused"):
            who = int(more[0] if more else customers["customer_id"].iloc[-1])
            connection.execute(
                f"CREATE TRIGGER full_disk BEFORE INSERT ON scores WHEN NEW.customer_id = {who}"
                " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
            )
        if kind == "locked":
            connection.execute("BEGIN IMMEDIATE")
        yield
        connection.rollback()
        connection.execute("DROP TRIGGER IF EXISTS full_disk")


def _overtaken(warehouse: type, rows: list[tuple[str, int, float]]) -> Any:
    """Make a warehouse in which another run has written rows when a first transaction begins.

    Just before the first change in it another one makes that day again. Where it may not, it has
    to wait: until this change was made.
    """
    to_write, to_make = [rows], [rows]
    waiting: list[sqlite3.Connection] = []
    insert = "INSERT INTO scores VALUES (?, ?, ?)"

    class Overtaken(warehouse):  # type: ignore[misc]
        def connect(self) -> Any:
            connection = super().connect()

            def on_statement(statement: str) -> None:
                does = statement.split()[0].upper()
                while waiting:
                    waiting.pop().close()
                if to_write and does == "BEGIN":
                    with contextlib.closing(sqlite3.connect(self.path, timeout=0)) as other, other:
                        other.executemany(insert, to_write.pop())
                elif to_make and does in ("DELETE", "INSERT", "REPLACE", "UPDATE", "WITH"):
                    another = sqlite3.connect(self.path, timeout=0, isolation_level=None)
                    waiting.append(another)
                    with contextlib.suppress(sqlite3.OperationalError):
                        make_again(another, to_make.pop())

            connection.set_trace_callback(on_statement)
            return connection

    def make_again(connection: sqlite3.Connection, rows: list[tuple[str, int, float]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM scores WHERE day = ?", (rows[0][0],))
        connection.executemany(insert, rows)
        connection.execute("COMMIT")

    return Overtaken


def _no_patience(action: int, name: Any, *_: object) -> int:
    """Leave a longer patience with other writers without effect."""
    asked = action == sqlite3.SQLITE_PRAGMA and name == "busy_timeout"
    return sqlite3.SQLITE_IGNORE if asked else sqlite3.SQLITE_OK


def _impatient(warehouse: type, customer: int, copies: Path) -> Any:
    """Make a warehouse that says at once that it is locked.

    Its files are copied when a customer is written, as they are if the process is killed then.
    """

    class Impatient(warehouse):  # type: ignore[misc]
        def connect(self) -> Any:
            connection = super().connect()
            connection.execute("PRAGMA busy_timeout = 0")
            connection.set_authorizer(_no_patience)
            connection.execute("PRAGMA cache_size = 1")  # what is written is soon in the file
            connection.execute("PRAGMA synchronous = OFF")  # no power fails here
            connection.create_function("copied", 0, functools.partial(self.copy_to, copies))
            connection.execute(
                "CREATE TEMP TRIGGER look BEFORE INSERT ON main.scores"
                f" WHEN NEW.customer_id = {customer} BEGIN SELECT copied(); END"
            )
            return connection

        def copy_to(self, folder: Path) -> None:
            folder.mkdir(exist_ok=True)
            for end in ("", "-journal", "-wal"):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(f"{self.path}{end}", folder / f"killed.db{end}")

    return Impatient


def open_again(folder: Path) -> str:
    """Open the warehouse as a kill has left it: SQLite undoes what was begun; say what it says."""
    path = folder / "copies" / "killed.db"
    if not path.exists():
        return "nobody was killed"
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT count(*) FROM scores").fetchone()
    except sqlite3.DatabaseError as error:
        return type(error).__name__
    return "it opens"


def fill_again(solution: Any, folder: Path, script: list[list[Any]]) -> list[Any]:
    """Have days made again; return what each call returned, or whether it raised ValueError.

    Args:
        solution: The submission.
        folder: Where it may write.
        script: `write` day customers, `fill` first last, `crash` first last (the look at the volume
            is killed), or `load` day (its customers, by another process, afterwards).
    """
    (folder / "exports").mkdir(exist_ok=True)
    said: list[Any] = []
    with recorded_instance(folder) as instance:
        resources = _resources(solution, folder, "exports")
        for what, *told in script:
            if what == "write":
                _write(folder / "exports", *told)
            elif what == "load":
                value = load_value(
                    lambda: _loaded_again(solution),
                    instance,
                    "daily_customers",
                    resources=resources,
                    partition_key=told[0],
                )
                said.append(
                    sorted(map(str, value["customer_id"])) if hasattr(value, "columns") else "none"
                )
            else:
                ends = crashing("volume_is_usual")
                with ends if what == "crash" else contextlib.nullcontext():
                    try:
                        said.append(solution.backfill(*told, resources, instance))
                    except ValueError:
                        said.append("ValueError")
        said.append(sorted(resources))
    return said


class _Begun(BaseException):
    """Ends a backfill as soon as it begins its first run."""


def begin(solution: Any, folder: Path, number: int, zone: str, ranges: list[list[str]]) -> Any:
    """Say with which day the backfill of each range begins, on a machine in a time zone."""
    begun: list[Any] = []

    def add_run(run: Any) -> None:
        begun.append(run.tags.get("dagster/partition"))
        raise _Begun

    found: list[Any] = []
    (folder / "exports").mkdir(exist_ok=True)
    with (
        new_instance(folder / f"begins-{number}") as instance,
        machine_in(zone),
        mock.patch.object(instance.run_storage, "add_run", add_run),
    ):
        for first, last in ranges:
            resources = _resources(solution, folder, "exports")
            try:
                solution.backfill(first, last, resources, instance)
                found.append("returned")
            except ValueError:
                found.append("ValueError")
            except _Begun:
                found.append(begun[0])
            begun.clear()
    return found


def _loaded_again(solution: Any, **others: Any) -> Any:
    """Load the submission afresh, perhaps with another value in the line of a constant."""
    path = solution._path
    text = path.read_text(encoding="utf-8")
    for name, value in others.items():
        text = re.sub(rf"^{name} = .*$", f"{name} = {value!r}", text, flags=re.MULTILINE)
    module = types.ModuleType(solution._module.__name__)
    module.__file__ = str(path)
    with mock.patch.dict("sys.modules", {module.__name__: module}):
        exec(compile(text, str(path), "exec"), module.__dict__)
    return module


def _write(folder: Path, day: str, text: str, count: int = 0) -> Any:
    """Write an export: all have one size and one time, so none can be told by them."""
    import pandas

    folder.mkdir(exist_ok=True)
    frame = pandas.read_csv(io.StringIO(text, newline=""))
    if count:
        # As many as a company has, each with an id of its own; the last one is there once.
        highest, last = frame["customer_id"].max(), frame.iloc[-1:]
        some = frame[["customer_id", *reversed(_NUMBERS)]].iloc[:-1]
        many = pandas.concat([some] * (count // len(some) + 1), ignore_index=True)
        frame = pandas.concat([many[: count - 1], last[some.columns]], ignore_index=True)
        frame = frame.assign(customer_id=highest + frame.index[::-1])
        text = frame.to_csv(index=False)
    data = text.encode()
    path = folder / f"{day}.csv"
    path.write_bytes(data + b"\n" * (-len(data) % _SIZE))  # lines that are blank are no rows
    os.utime(path, (0, 0))
    return frame


def _path(folder: Path) -> str:
    return str(folder / "warehouse.db")


def _resources(solution: Any, folder: Path, exports: str) -> dict[str, Any]:
    return {
        "exports": solution.Exports(folder=str(folder / exports)),
        "warehouse": solution.Warehouse(path=_path(folder)),
    }
