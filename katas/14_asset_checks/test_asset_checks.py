"""What Dagster and the warehouse say after sound days, spoilt days, and days made again."""

import contextlib
import datetime
import functools
import os
import re
import shutil
import sqlite3
import sys
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import dagster as dg
import pandas as pd
import pytest

DAY, NEXT, LAST = "2026-03-01", "2026-03-02", "2026-03-03"
NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
PARTITION = "dagster/partition"
# The customers of a whole company: more than a sample, a batch, or one in a thousand would show.
COMPANY = 12_000
# What the warehouse has from before: days without a partition, one customer twice.
FORMER = [("1999-12-31", 3, 0.5), ("2025-12-30", 7, 0.25), ("2025-12-30", 7, 0.25)]
UTC = datetime.timezone.utc


class Night(NamedTuple):
    """One run of one day, and what Dagster noted of it."""

    call: str
    success: bool
    made: list[str]
    checks: dict[str, Any]
    failures: list[str]
    values: dict[str, Any]
    metadata: dict[str, dict[str, Any]]

    @property
    def ending(self) -> str:
        """Say in one sentence how it ended."""
        made = ", ".join(self.made) or "nothing"
        return f"It made: {made}. " + (" ".join(self.failures) or "The run succeeded.")


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def describe(event: Any) -> str:
    """Say which step failed, and with which error of its own."""
    error = event.event_specific_data.error
    while error.cause is not None:
        error = error.cause
    return f"{event.step_key} failed: {shorten(error.message)}."


def defined(solution: Any, *names: str) -> list[Any]:
    """Return assets and checks of the solution by their names."""
    kinds = {True: "an asset check", False: "an asset"}
    for name in reversed(names):
        one, is_check = getattr(solution, name), not name.startswith("daily")
        fits = isinstance(one, dg.AssetsDefinition) and bool(
            one.check_keys if is_check else one.keys
        )
        assert fits, told(
            f"{name} is a {type(one).__name__}. Expected: {kinds[is_check]}.",
            "In production: Dagster knows what it is told of. A function that is no asset and no"
            " check is run by nobody.",
        )
    return [getattr(solution, name) for name in names]


def one_run_a_day(one: Any, name: str) -> None:
    """Check that Dagster's own backfill makes one run of each partition of an asset."""
    policy = one.backfill_policy
    assert policy is None or policy.max_partitions_per_run == 1, told(
        f"{name} has the backfill policy {policy}.",
        "Expected: one partition a run, as without a policy.",
        "In production: whoever makes March again on Dagster's page gets one run of 31 days. It has"
        " no `partition_key`, and one bad day fails them all.",
    )


def partitions_of(solution: Any) -> Any:
    """Return `days`, which must be partitions."""
    assert isinstance(solution.days, dg.PartitionsDefinition), told(
        f"days is {solution.days!r}. Expected: Dagster's partitions by day.",
        "In production: without partitions there is one table of 'now', and no way to make the"
        " third of March again.",
    )
    return solution.days


@pytest.fixture
def customers(draw: Any) -> pd.DataFrame:
    """Draw 400 customers as they are on a sound day: no number is blank."""
    tame = ["an index that is not 0, 1, 2, ..."]  # rows are counted and chosen by it below
    return draw.customers(400, tame=tame, blank=["contract"]).frame()


def company(customers: pd.DataFrame) -> pd.DataFrame:
    """Repeat customers until there are as many as a company has, each with an id of its own."""
    numbers = customers[["customer_id", *reversed(NUMBERS)]]  # text is slow to write, and elsewhere
    frame = pd.concat([numbers] * (COMPANY // len(customers)), ignore_index=True)
    return frame.assign(customer_id=customers["customer_id"].max() + frame.index[::-1])


def untidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Spoil a day in each way, and leave it as many rows; what comes twice does so whole.

    One row has nothing at all, as after a join that found nobody.
    """
    if frame.empty:
        return frame
    frame = frame.iloc[[*range(len(frame) - 5), 0, 0, 0, 1, 2]].reset_index(drop=True)
    frame = frame.astype({"customer_id": "Int64"} | dict.fromkeys(NUMBERS, float))
    frame.loc[len(frame) - 3, "contract"] = "another"
    frame.loc[len(frame) - 2, "customer_id"] = pd.NA
    frame.loc[len(frame) - 1, NUMBERS] = [-1, float("nan"), -1]
    return frame.reindex([*frame.index[:-5], -1, *frame.index[-4:]])


@pytest.fixture
def resources(solution: Any, tmp_path: Path) -> dict[str, Any]:
    """Give a folder without exports yet, and a warehouse with days of long ago."""
    (tmp_path / "exports").mkdir()
    warehouse = solution.Warehouse(path=str(tmp_path / "warehouse.db"))
    with contextlib.closing(warehouse.connect()) as connection, connection:
        connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", FORMER)
        connection.execute("CREATE VIEW report AS SELECT day, count(*) FROM scores GROUP BY day")
    return {
        "exports": solution.Exports(folder=str(tmp_path / "exports")),
        "warehouse": warehouse,
    }


Write = Callable[[str, pd.DataFrame], None]


@pytest.fixture
def write(tmp_path: Path, resources: dict[str, Any]) -> Write:
    """Write the export of a day; all have one size and one time, so none can be told by them."""

    def write(day: str, frame: pd.DataFrame) -> None:
        path = tmp_path / "exports" / f"{day}.csv"
        text = frame.to_csv(index=False).encode()
        path.write_bytes(text + b"\n" * (-len(text) % 2**16))  # lines that are blank are no rows
        os.utime(path, (0, 0))

    return write


Run = Callable[..., Night]


@pytest.fixture
def run(resources: dict[str, Any], dagster_instance: Any) -> Run:
    """Materialise assets and checks for one day, and collect what was seen."""

    def run(day: str, *made: Any) -> Night:
        result = dg.materialize(
            made,
            partition_key=day,
            resources=resources,
            instance=dagster_instance,
            raise_on_error=False,
        )
        events = result.get_asset_materialization_events()
        names = [event.asset_key.to_user_string() for event in events]
        return Night(
            f"The run of {day}:",
            result.success,
            names,
            {one.check_name: one for one in result.get_asset_check_evaluations()},
            [describe(event) for event in result.all_events if event.is_step_failure],
            {name: result.asset_value(name) for name in names},
            {
                name: {key: value.value for key, value in event.materialization.metadata.items()}
                for name, event in zip(names, events, strict=True)
            },
        )

    return run


def downstream(solution: Any) -> Any:
    """Define what a campaign would make of the customers."""

    same_days = solution.daily_customers.partitions_def

    @dg.asset(partitions_def=same_days, deps=["daily_customers"])
    def campaign() -> None: ...

    return campaign


Automation = Callable[[], list[str]]


def automation_of(solution: Any, instance: Any) -> Automation:
    """Begin to look, as Dagster's daemon does, at what the assets ask for by themselves.

    Returns:
        Tells for which days `daily_scores` is to be made, by what has happened since.
    """
    names = ("daily_customers", "customers_are_sound", "volume_is_usual", "daily_scores")
    found = [getattr(solution, name) for name in names]
    known = [one for one in found if isinstance(one, dg.AssetsDefinition)]
    if not any(spec.automation_condition for one in known for spec in one.specs):
        return list
    definitions = dg.Definitions(
        [one for one in known if one.keys],
        asset_checks=[one for one in known if not one.keys],
        resources={"exports": None, "warehouse": None},
    )
    night = datetime.datetime.fromisoformat(f"{NEXT}T03:00").replace(tzinfo=UTC)
    before = dg.evaluate_automation_conditions(definitions, instance, evaluation_time=night)

    def asked_since() -> list[str]:
        after = dg.evaluate_automation_conditions(
            definitions,
            instance,
            evaluation_time=night + datetime.timedelta(minutes=1),
            cursor=before.cursor,
        )
        return sorted(after.get_requested_partitions(dg.AssetKey("daily_scores")))

    return asked_since


def evaluated(night: Night, name: str, passed: bool, metadata: dict[str, int], why: str) -> Any:
    """Check that a check was noted, with this outcome."""
    assert name in night.checks, told(
        f"{night.call} {night.ending}",
        f"Evaluations noted: {list(night.checks) or 'none'}. Expected: one of {name}.",
        "In production: a check that returns a plain True or False notes nothing and stops"
        " nothing. One that raises has crashed, which says nothing about the data.",
    )
    one = night.checks[name]
    seen = {key: value.value for key, value in one.metadata.items()}
    right = one.passed == passed and all(seen.get(key) == metadata[key] for key in metadata)
    assert right, told(
        f"{night.call} {night.ending}",
        f"{name}: passed={one.passed}, metadata {seen}. Expected: passed={passed}, {metadata}.",
        f"In production: {why}",
    )
    return one


# Task 1: one day, one partition


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-03-05T22:30", "2026-03-04"),  # half an hour before midnight in Paris, in winter
        ("2026-03-05T23:30", "2026-03-05"),
        ("2026-07-10T21:30", "2026-07-09"),  # the same in summer
        ("2026-07-10T22:30", "2026-07-10"),
        ("2036-12-31T23:30", "2036-12-31"),  # the same code, ten years later
    ],
)
def test_day_has_its_partition_once_it_is_over(solution: Any, now: str, last: str) -> None:
    moment = datetime.datetime.fromisoformat(now).replace(tzinfo=datetime.timezone.utc)
    keys = list(partitions_of(solution).get_partition_keys(current_time=moment))
    seen = (keys[:1], keys[-1:])
    assert seen == (["2026-01-01"], [last]), told(
        f"At {now} UTC the first and the last partition are {seen}.",
        f"Expected: 2026-01-01 and {last}.",
        "In production: a day that has not ended is half a day of customers. And half an hour after"
        " midnight in Paris it is still yesterday in UTC: the night run finds no partition. Nor do"
        " the days end in a year that seems far away.",
    )


def test_asset_reads_its_own_day(
    solution: Any, write: Write, run: Run, customers: pd.DataFrame, tmp_path: Path
) -> None:
    one_run_a_day(*defined(solution, "daily_customers"), "daily_customers")
    frames = {DAY: untidy(customers[:60]), NEXT: untidy(customers[60:130])}
    for day, frame in frames.items():
        write(day, frame)
    for day, frame in frames.items():
        night = run(day, *defined(solution, "daily_customers"))
        found = night.values.get("daily_customers")
        export = pd.read_csv(tmp_path / "exports" / f"{day}.csv")
        assert isinstance(found, pd.DataFrame) and found.equals(export), told(
            f"{night.call} {night.ending}",
            f"Rows: {None if found is None else len(found)}. Expected: the {len(frame)} customers"
            f" of the export of {day}, as they are.",
            "In production: whoever asks the clock, and not the partition, for the day makes"
            " tonight's customers thirty times when a month is made again. And rows that are"
            " tidied up here, doubled ones, blank ones or those without an id, never come to the"
            " gate.",
        )


# Task 2: the gate


def doubled(frame: pd.DataFrame) -> pd.DataFrame:
    """Have a row three times; one of them has a blank too, and is still one row."""
    frame = frame.iloc[[0, 0, 0, *range(3, len(frame))]].reset_index(drop=True)
    frame.loc[1, "support_calls"] = float("nan")
    return frame


def blank(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave each of NUMBERS blank in a row of its own."""
    for row, name in enumerate(NUMBERS, start=4):
        frame.loc[row, name] = float("nan")
    return frame


def negative(frame: pd.DataFrame) -> pd.DataFrame:
    """Make each of NUMBERS negative in a row of its own, and two in one more."""
    for row, name in enumerate(NUMBERS, start=5):
        frame.loc[row, name] = -1
    frame.loc[9, NUMBERS[1:]] = -1
    return frame


def barely_negative(frame: pd.DataFrame) -> pd.DataFrame:
    """Spoil the last of a whole company's rows, by a little."""
    frame = company(frame)
    frame.loc[len(frame) - 1, "monthly_charges"] = -1e-12
    return frame


@pytest.mark.parametrize(
    ("spoil", "bad_rows"), [(doubled, 3), (blank, 3), (negative, 4), (barely_negative, 1)]
)
def test_spoilt_day_stops_at_the_gate(
    solution: Any,
    write: Write,
    run: Run,
    customers: pd.DataFrame,
    dagster_instance: Any,
    spoil: Callable[[pd.DataFrame], pd.DataFrame],
    bad_rows: int,
) -> None:
    frame = customers[:150].astype({name: float for name in NUMBERS})
    write(DAY, spoil(frame))
    made = defined(solution, "daily_customers", "customers_are_sound")
    rides_along(made[-1])
    asked_since = automation_of(solution, dagster_instance)
    night = run(DAY, *made, downstream(solution))
    evaluated(
        night,
        "customers_are_sound",
        False,
        {"bad_rows": bad_rows},
        "what the gate lets in is scored and called. And who is on duty needs the number: 3 rows"
        " are a glitch, 3,000 a lost column.",
    )
    assert not night.success and night.made == ["daily_customers"], told(
        f"{night.call} Its export has rows that are {spoil.__name__.replace('_', ' ')}."
        f" {night.ending}",
        "Expected: nothing downstream of daily_customers, and a run that fails.",
        "In production: a red check beside a green run. The campaign goes out at 8:00. A check"
        " stops the run if it is blocking, and fails with the severity ERROR.",
    )
    asked = asked_since()
    assert not asked, told(
        f"{night.call} {night.ending} A minute later Dagster's automation asks for daily_scores of"
        f" {asked}.",
        "Expected: nothing. Where the gate has failed, nothing downstream is made.",
        "In production: `eager()` sees that daily_customers was made, and knows of no check. What"
        " the gate has stopped at 3:04 is scored at 3:05, in a run of its own. Without an"
        " automation condition nothing starts by itself.",
    )


def rides_along(gate: Any) -> None:
    """Check that a gate is in each run that Dagster itself asks for."""
    own = [one.automation_condition for one in gate.check_specs if one.automation_condition]
    assert not own, told(
        f"customers_are_sound has an automation condition of its own: {own[0]}." if own else "",
        "Expected: none. A check without one is in each run of its asset, whoever asks for it.",
        "In production: Dagster's automation, and a backfill of its page, leave out a check that"
        " has a condition of its own: it is run when that says so. The day's customers and its"
        " scores are made in one run, without a gate.",
    )


def test_sound_day_passes_the_gate(
    solution: Any, write: Write, run: Run, customers: pd.DataFrame
) -> None:
    sound = customers[:100].astype(dict.fromkeys(NUMBERS, float))
    sound.loc[0, NUMBERS] = 0  # neither blank nor negative
    sound.loc[1, NUMBERS] = -0.0  # a small credit, rounded: no less than 0
    why = "a gate that stops sound days, or a day without customers, is switched off in a week."
    made = [
        *defined(solution, "daily_customers", "customers_are_sound"),
        downstream(solution),
    ]
    for day, frame in ((NEXT, sound), (LAST, sound[:0])):  # the days before have no export at all
        write(day, frame)
        night = run(day, *made)
        evaluated(night, "customers_are_sound", True, {"bad_rows": 0}, why)
        assert night.success and "campaign" in night.made, told(
            f"{night.call} Its export is sound: {len(frame)} customers, some with 0 or"
            f" -0.0, which is 0. {night.ending}",
            "Expected: a run that succeeds, and what is downstream is made. How many customers"
            " there are is looked at by volume_is_usual.",
            f"In production: {why}",
        )


# Task 3: what is only unusual


@pytest.mark.parametrize(
    ("rows", "passed"),
    [(0, False), (49, False), (50, True), (200, True), (201, False), (2500, False)],
)
def test_unusual_volume_is_noted_and_stops_nothing(
    solution: Any, write: Write, run: Run, customers: pd.DataFrame, rows: int, passed: bool
) -> None:
    frame = customers if rows <= len(customers) else company(customers)
    write(DAY, untidy(frame[:rows]))  # rows are counted, whatever is in them
    made = defined(solution, "daily_customers", "volume_is_usual")
    night = run(DAY, *made, downstream(solution))
    why = "an export cut in half is seen in the check's history before it is seen in the sales."
    one = evaluated(night, "volume_is_usual", passed, {"rows": rows}, why)
    assert night.success and "campaign" in night.made, told(
        f"{night.call} Its export has {rows} rows. {night.ending}",
        "Expected: what is downstream is made, whatever this check says.",
        "In production: on 2 January half of the customers are usual. A gate there stops a good"
        " day, and the next gate is switched off along with it.",
    )
    if not passed:
        assert one.severity == dg.AssetCheckSeverity.WARN, told(
            f"{night.call} volume_is_usual failed with the severity {one.severity.value}.",
            "Expected: WARN. The default is ERROR.",
            "In production: who is on duty is woken by errors.",
        )


@pytest.mark.parametrize(("rows", "passed"), [(20, True), (81, False)])
def test_bounds_of_the_volume_follow_what_is_expected(
    write: Write,
    run: Run,
    customers: pd.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
    rows: int,
    passed: bool,
) -> None:
    expecting_40 = with_another_expectation(40, monkeypatch)
    write(DAY, customers[:rows])
    night = run(DAY, *defined(expecting_40, "daily_customers", "volume_is_usual"))
    why = (
        "the company has grown, and somebody sets EXPECTED_ROWS to what is usual now. The bounds"
        " are those of last year."
    )
    evaluated(night, "volume_is_usual", passed, {"rows": rows}, f"EXPECTED_ROWS is 40 here; {why}")


def with_another_expectation(rows: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Load the solution once more, with another line `EXPECTED_ROWS = ...` in it."""
    path = Path(sys.modules["dojo_solution"].__file__ or "")
    line = re.compile(r"^EXPECTED_ROWS = .*$", re.MULTILINE)
    text = line.sub(f"EXPECTED_ROWS = {rows}", path.read_text(encoding="utf-8"))
    module = types.ModuleType("dojo_solution")
    module.__file__ = str(path)
    monkeypatch.setitem(sys.modules, "dojo_solution", module)
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module


# Task 4: a day made again


def table(resources: dict[str, Any]) -> list[tuple[str, int, float]]:
    """Read the warehouse, sorted."""
    with contextlib.closing(resources["warehouse"].connect()) as connection:
        return sorted(connection.execute("SELECT day, customer_id, score FROM scores").fetchall())


def is_the_same_table(resources: dict[str, Any], night: str) -> None:
    """Check that `scores` is still the table that others have made, and what reads it is there."""
    with contextlib.closing(resources["warehouse"].connect()) as connection:
        columns = connection.execute(
            'SELECT name, type, "notnull" FROM pragma_table_info(?)', ["scores"]
        )
        seen = columns.fetchall()
        views = connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    columns = [("day", "TEXT", 1), ("customer_id", "INTEGER", 1), ("score", "REAL", 1)]
    assert (seen, views) == (columns, [("report",)]), told(
        night,
        f"The columns of `scores`, each with its type and NOT NULL: {seen}; the views: {views}.",
        f"Expected, as before: {columns}; the view `report`, somebody else's, which reads it.",
        "In production: a table that is made anew and swapped has lost what others have set on it:"
        " NOT NULL, indexes, triggers, views. Replace the rows of your day, not the table.",
    )


def ids(frame: pd.DataFrame) -> list[int]:
    """Return the ids of a frame's customers, sorted."""
    return sorted(frame["customer_id"].tolist())


def holds(resources: dict[str, Any], expected: dict[str, list[int]], night: str, why: str) -> None:
    """Check which customers the warehouse has of which day, beside those of long ago."""
    rows = table(resources)
    is_the_same_table(resources, night)
    long_ago = {day for day, *_ in FORMER}
    former = [row for row in rows if row[0] in long_ago]
    assert former == FORMER, told(
        night,
        f"Other days had these rows before: {FORMER}. Now they have {former}. Expected: the other"
        " days as they were, also what is old or twice in them.",
        "In production: whoever makes one day again has changed the reports of another year.",
    )
    seen = Counter((day, id_) for day, id_, _ in rows if day not in long_ago)
    wanted = Counter((day, id_) for day, found in expected.items() for id_ in found)
    sizes = [dict(Counter(day for day, _ in one.elements())) for one in (seen, wanted)]
    assert sizes[0] == sizes[1], told(
        night,
        f"Rows a day in the table: {sizes[0]}. Expected: {sizes[1]}, the customers of these days,"
        " each once.",
        f"In production: {why}",
    )
    others, missing = sorted(seen - wanted), sorted(wanted - seen)
    assert not missing, told(
        night,
        f"The table has as many rows as it should, of other customers: {len(missing)} are missing."
        f" There is {others[0]}. Expected: {missing[0]}.{as_floats(others, missing)}",
        "In production: the count is right, and the campaign calls somebody else.",
    )


def as_floats(others: list[tuple[str, int]], missing: list[tuple[str, int]]) -> str:
    """Say so if customers were taken for others because an id was a float on the way."""
    seen = {(day, float(id_)) for day, id_ in others}
    if {(day, float(id_)) for day, id_ in missing} != seen:
        return ""
    return " Both are one number as floats: beyond 2**53 an id has to stay a whole number."


def overtaken(warehouse: type, rows: list[tuple[str, int, float]]) -> Any:
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


def test_day_made_again_counts_once(
    solution: Any, write: Write, run: Run, customers: pd.DataFrame, resources: dict[str, Any]
) -> None:
    made = defined(solution, "daily_customers", "daily_scores")
    kept, gone = customers[:60], customers[60:80]
    one_run_a_day(made[-1], "daily_scores")
    write(DAY, customers[:80])
    write(NEXT, customers[:40])
    alone = resources["warehouse"]
    resources["warehouse"] = overtaken(
        solution.Warehouse, [(NEXT, id_, 0.5) for id_ in ids(customers[:40])]
    )(path=alone.path)
    nights = [run(NEXT, *made)]
    resources["warehouse"] = alone
    nights.append(run(DAY, *made))
    write(DAY, kept)  # the export was corrected: 20 customers less
    nights.append(run(DAY, *made))
    assert all(night.success for night in nights), told(
        *(f"{night.call} {night.ending}" for night in nights),
        f"When the first one began its transaction, another run of {NEXT} was done; when it began"
        " to write, one more. Expected: three runs that succeed. Whoever reads in a transaction and"
        " then writes is refused, without waiting, if another run is about to write too.",
    )
    assert [night.metadata["daily_scores"].get("rows") for night in nights] == [40, 80, 60], told(
        *(f"{night.call} metadata {night.metadata['daily_scores']}" for night in nights),
        "Expected: the rows written: 40, 80, 60.",
    )
    holds(
        resources,
        {DAY: ids(kept), NEXT: ids(customers[:40])},
        f"{NEXT} was made, and another run of that day was done just when this one began its"
        f" transaction, and one more when it began to write; then {DAY}, then {DAY} again, from a"
        f" corrected export that has {len(gone)} customers less.",
        "what was looked up before the transaction may be wrong in it: two runs at once delete"
        " nothing and both insert. A day that is appended counts its customers twice; a customer"
        " who was taken out of the export and stays in the table gets a call; a table replaced as a"
        " whole has lost a year.",
    )
    seen = {id_: one for day, id_, one in table(resources) if day == DAY}
    expected = dict(zip(kept["customer_id"].tolist(), solution.score(kept).tolist(), strict=True))
    off = [id_ for id_ in expected if seen[id_] != pytest.approx(expected[id_], rel=1e-12)]
    assert not off, told(
        f"{nights[-1].call} {nights[-1].ending} {len(off)} of {len(kept)} customers have another"
        f" score than theirs; the first, {off[0]}, has {seen[off[0]]!r}.",
        f"Expected: {expected[off[0]]!r}, what score(daily_customers) gives for that row.",
        "In production: the count is right and the campaign calls the wrong people.",
    )


def test_day_without_customers_has_no_rows(
    solution: Any, write: Write, run: Run, customers: pd.DataFrame, resources: dict[str, Any]
) -> None:
    made = defined(solution, "daily_customers", "daily_scores")
    write(DAY, customers[:20])
    run(DAY, *made)
    write(DAY, customers[:0])  # the export was corrected: it was a holiday
    night = run(DAY, *made)
    holds(
        resources,
        {},
        f"{night.call} Its corrected export has no customer. {night.ending}",
        "20 customers of a day on which nobody was scored are called.",
    )


@contextlib.contextmanager
def full_disk(connection: Any, customer: int) -> Iterator[None]:
    """Have no room for one customer."""
    connection.execute(
        f"CREATE TRIGGER full_disk BEFORE INSERT ON scores WHEN NEW.customer_id = {customer}"
        " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    )
    yield
    connection.execute("DROP TRIGGER full_disk")


@contextlib.contextmanager
def locked(connection: Any) -> Iterator[None]:
    """Have another writer be in the middle of something."""
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.rollback()


def no_patience(action: int, name: str | None, *_: object) -> int:
    """Leave a longer patience with other writers without effect."""
    asked = action == sqlite3.SQLITE_PRAGMA and name == "busy_timeout"
    return sqlite3.SQLITE_IGNORE if asked else sqlite3.SQLITE_OK


def impatient(warehouse: type, customer: int, copies: Path) -> Any:
    """Make a warehouse that says at once, and not after five seconds, that it is locked.

    Its files are copied when a customer is written, as they are if the process is killed then.
    """

    class Impatient(warehouse):  # type: ignore[misc]
        def connect(self) -> Any:
            connection = super().connect()
            connection.execute("PRAGMA busy_timeout = 0")
            connection.set_authorizer(no_patience)
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


def test_day_that_fails_leaves_the_table_alone(
    solution: Any,
    write: Write,
    run: Run,
    customers: pd.DataFrame,
    resources: dict[str, Any],
    tmp_path: Path,
) -> None:
    made = defined(solution, "daily_customers", "daily_scores")
    write(DAY, customers[:50])
    run(DAY, *made)
    many = company(customers)  # more than any batch
    # Another day, so long that the rows of this one lie on other pages of the file than new ones.
    others = [(NEXT, id_, 0.5) for id_ in ids(many[:400])]
    with contextlib.closing(resources["warehouse"].connect()) as connection, connection:
        connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", others)
    before = {DAY: ids(customers[:50]), NEXT: ids(many[:400])}
    unknown = customers[:50].copy()
    unknown.loc[30, "support_calls"] = float("nan")
    copies = tmp_path / "copies"
    warehouse = impatient(solution.Warehouse, int(many["customer_id"].iloc[-2]), copies)
    resources["warehouse"] = warehouse(path=resources["warehouse"].path)
    with contextlib.closing(resources["warehouse"].connect()) as connection:
        disk = full_disk(connection, int(many["customer_id"].iloc[-1]))
        for happened, frame, trouble in (
            (f"The disk was full at the last of {len(many)} customers.", many, disk),
            ("Another writer had locked the warehouse.", customers[:60], locked(connection)),
            ("A number was blank: a customer without a score.", unknown, contextlib.nullcontext()),
        ):
            write(DAY, frame)
            with trouble:
                night = run(DAY, *made)
            call = f"{night.call} {happened} {night.ending}"
            assert not night.success, told(
                call,
                "Expected: a run that fails, for the table cannot have a row for each customer.",
                "In production: the run is green, customers are not there, and nobody looks.",
            )
            holds(
                resources,
                before,
                call,
                "the morning's report reads yesterday's rows, or none, or half of them, and nobody"
                " sees which. Delete and insert are one transaction, or they are two accidents.",
            )
    if copies.exists():
        killed = f"The run of {DAY} was killed at the last but one of {len(many)} customers."
        why = (
            "a process that is out of memory is killed. SQLite undoes what was begun as"
            " soon as somebody opens the file: with its journal, which must be a file (no PRAGMA"
            " journal_mode = MEMORY or OFF)."
        )
        try:
            left = {"warehouse": solution.Warehouse(path=str(copies / "killed.db"))}
            holds(left, before, killed, why)
        except sqlite3.DatabaseError as error:
            pytest.fail(
                told(
                    f"{killed} Whoever opens the warehouse afterwards gets: {error}.",
                    "Expected: the rows from before.",
                    f"In production: {why}",
                )
            )


# Task 5: the backfill


def test_backfill_makes_each_day_once(
    solution: Any,
    write: Write,
    customers: pd.DataFrame,
    resources: dict[str, Any],
    dagster_instance: Any,
    dagster_later: Any,
) -> None:
    # Summer time begins on the 29th. Of six bad days in a row four have no export at all.
    good, spoilt, missing = ["2026-03-26", "2026-04-02"], ["2026-03-27", "2026-04-01"], 4
    everything = [*(f"2026-03-{day}" for day in range(26, 32)), "2026-04-01", "2026-04-02"]
    for day in good:
        write(day, customers[:100])
    for day in spoilt:
        write(day, negative(customers[:100].copy()))
    failed = solution.backfill(everything[0], everything[-1], resources, dagster_instance)
    call = (
        f"backfill({everything[0]!r}, {everything[-1]!r}, ...), where the exports of"
        f" {spoilt} are spoilt and the {missing} days between have none:"
    )
    assert failed == everything[1:-1], told(
        f"{call} returned {failed!r}. Expected: {everything[1:-1]!r}.",
        "In production: one bad day in a year of backfill, and you start again from that day. Or a"
        " bad week, and the good days behind it are not made, and told by nobody.",
    )
    runs = [one.tags.get(PARTITION) for one in reversed(dagster_instance.get_runs())]
    assert runs == everything, told(
        f"{call} made runs of the days {runs}. Expected: {everything}.",
        "In production: the last day of a range belongs to it; a day is not always 24 hours long;"
        " and each day has one run of its own, so that Dagster's calendar of partitions shows"
        " which one is missing.",
    )
    holds(
        resources,
        {day: ids(customers[:100]) for day in good},
        call,
        "a backfill that leaves out the gate lets in by the back door what the night run refuses.",
    )
    for name in ("customers_are_sound", "volume_is_usual"):
        key = dg.AssetCheckKey(dg.AssetKey("daily_customers"), name)
        noted = dagster_instance.event_log_storage.get_asset_check_execution_history(key, limit=9)
        noted = [one for one in noted if one.status.value != "PLANNED"]
        looked_at = len(everything) - missing
        assert len(noted) == looked_at, told(
            f"{call} {name} was run {len(noted)} times. Expected: {looked_at}, once a day that"
            " has an export.",
            "In production: a check that the backfill leaves out has no history of these days. What"
            " was unusual in March is seen by nobody.",
        )
    later = dagster_later("daily_customers", resources=resources, partition_key=good[0])
    loaded = ids(later) if isinstance(later, pd.DataFrame) else shorten(str(later))
    assert loaded == ids(customers[:100]), told(
        f"{call} Afterwards another process loads daily_customers of {good[0]} from Dagster:"
        f" {loaded!r}.",
        "Expected: the customers of that day.",
        "In production: Dagster shows a day as made, and the run that needs it, in another"
        " process, finds nothing: it was kept in memory.",
    )


def advance_to(clock: Any, moment: datetime.datetime) -> None:
    """Let it be a moment that is still to come."""
    there = datetime.datetime.now(UTC) + datetime.timedelta(seconds=clock.advanced_s)
    clock.advance(max(0.0, (moment - there).total_seconds()))


def test_backfill_tells_of_its_own_days_only(
    solution: Any,
    write: Write,
    customers: pd.DataFrame,
    resources: dict[str, Any],
    dagster_instance: Any,
    dagster_crash: Any,
    clock: Any,
) -> None:
    first, last = "2026-10-25", "2026-10-26"  # summer time ends on the first: 25 hours
    advance_to(clock, datetime.datetime(2026, 10, 28, tzinfo=UTC))
    good, spoilt = customers[:100], negative(customers[:100].copy())
    write(last, good)
    steps = [
        (f"The export of {first} is spoilt.", spoilt, last, [first]),
        (f"The export of {first} was corrected.", good, first, []),
        (f"The export of {first} is spoilt again.", spoilt, first, [first]),
    ]
    said: list[str] = []
    for happened, frame, until, expected in steps:
        write(first, frame)
        failed = solution.backfill(first, until, resources, dagster_instance)
        said.append(f"{happened} backfill({first!r}, {until!r}, ...) returned {failed!r}.")
        assert failed == expected, told(
            *said,
            f"Expected of the last call: {expected!r}, the failed days of this call, each once.",
            "In production: what a process remembers of March is told again in April.",
        )
    with dagster_crash("volume_is_usual"):
        failed = solution.backfill(last, last, resources, dagster_instance)
    assert failed == [last], told(
        f"volume_is_usual crashed, so the run of {last} failed. backfill returned {failed!r}.",
        f"Expected: {[last]!r}. A run that failed is told, whatever was made in it before.",
        "In production: nobody looks at the day, and nobody has looked at its volume.",
    )
    runs = [one.tags.get(PARTITION) for one in reversed(dagster_instance.get_runs())]
    assert runs == [first, last, first, first, last], told(
        *said,
        f"Runs were made of the days {runs}.",
        f"Expected: {[first, last, first, first, last]}, one a day and call.",
        "In production: a day that was made, or failed, before is asked for again because its"
        " export has changed since.",
    )
    holds(
        resources,
        {day: ids(good) for day in (first, last)},
        " ".join(said),
        "the corrected export was not what was made.",
    )


@pytest.fixture
def machine_in() -> Iterator[Callable[[str], None]]:
    """Set the machine's time zone for the length of a test."""
    with pytest.MonkeyPatch.context() as patch:

        def move(zone: str) -> None:
            patch.setenv("TZ", zone)
            time.tzset()

        yield move
    time.tzset()


class Begun(BaseException):
    """Ends a backfill as soon as it begins its first run."""


OVER, NOT_OVER, RANGE, LONG = "yesterday", "today", "from the start on", "until today"


@pytest.mark.parametrize(
    ("zone", "moments"),
    [
        (
            "America/New_York",
            [
                ("01-14T23:30", [OVER, RANGE, NOT_OVER, LONG]),  # 0:30 in Paris, still yesterday
                ("03-24T22:30", [NOT_OVER]),  # 23:30 in Paris, the last days of winter time
                ("10-24T22:30", [OVER]),  # 0:30 in Paris, the last days of summer time
            ],
        ),
        (
            "Pacific/Kiritimati",
            [
                ("03-31T22:30", [OVER]),  # 0:30 in Paris, the first days of summer time
                ("07-14T10:30", [OVER, RANGE, NOT_OVER, LONG]),  # noon in Paris, there tomorrow
                ("10-31T22:30", [NOT_OVER]),  # 23:30 in Paris, the first days of winter time
            ],
        ),
    ],
)
def test_backfill_knows_which_days_are_over(
    solution: Any,
    resources: dict[str, Any],
    dagster_instance: Any,
    clock: Any,
    machine_in: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    moments: list[tuple[str, list[str]]],
) -> None:
    begun: list[Any] = []

    def begin(run: Any) -> None:
        begun.append(run.tags.get(PARTITION))
        raise Begun

    monkeypatch.setattr(dagster_instance.run_storage, "add_run", begin)
    machine_in(zone)
    year = datetime.datetime.now().year + 2
    for now, asked in moments:
        moment = datetime.datetime.fromisoformat(f"{year}-{now}").replace(tzinfo=UTC)
        advance_to(clock, moment)
        there = moment.astimezone(ZoneInfo("Europe/Paris"))
        today, yesterday = str(there.date()), str(there.date() - datetime.timedelta(days=1))
        ranges = {
            OVER: (yesterday, yesterday, yesterday),
            RANGE: ("2026-01-01", yesterday, "2026-01-01"),
            NOT_OVER: (today, today, None),
            LONG: ("2026-01-01", today, None),
        }
        for first, last, expected in (ranges[one] for one in asked):
            begun.clear()
            try:
                ending = f"returned {solution.backfill(first, last, resources, dagster_instance)!r}"
            except Begun:
                ending = f"began with the run of {begun[0]}"
            except ValueError as error:
                ending = f"raised ValueError: {error}"
            right = begun[:1] == [expected] if expected else ending.startswith("raised ValueError")
            assert right, told(
                f"It is {there:%Y-%m-%d %H:%M} in Paris. The worker was started two years ago, on a"
                f" machine whose time zone is {zone}. backfill({first!r}, {last!r}, ...) {ending}.",
                f"Expected: {f'it begins with the run of {expected}' if expected else 'ValueError'}"
                ". All days have a partition that are over in Paris, and no other.",
                "In production: a worker that runs for weeks does not know yesterday, or a machine"
                " elsewhere makes half a day, or the night run of summer finds no day: Paris is not"
                " always one hour from UTC. Ask `days`, at each call.",
            )


@pytest.mark.parametrize(
    ("first", "last"),
    [("2025-12-31", "2026-01-01"), ("2999-01-01", "2999-01-02"), (NEXT, DAY)],
    ids=["before the start", "in the future", "backwards"],
)
def test_backfill_refuses_days_that_are_none(
    solution: Any,
    write: Write,
    customers: pd.DataFrame,
    resources: dict[str, Any],
    dagster_instance: Any,
    first: str,
    last: str,
) -> None:
    write(DAY, customers[:100])
    write(NEXT, customers[:100])
    call, error = f"backfill({first!r}, {last!r}, ...)", None
    try:
        returned = solution.backfill(first, last, resources, dagster_instance)
        ending = f"returned {returned!r}"
    except ValueError as caught:
        error, ending = caught, f"raised ValueError: {caught}"
    except NotImplementedError:
        raise
    except Exception as caught:  # any other error is looked at below
        ending = f"raised {type(caught).__name__}: {shorten(str(caught))}"
    made = [one.tags.get(PARTITION) for one in dagster_instance.get_runs()]
    assert error is not None and made == [], told(
        f"{call} {ending}; runs were made of {made}.",
        "Expected: ValueError, before any run.",
        "In production: a typing error in a date makes a thousand runs, or none and says 'done'.",
    )
