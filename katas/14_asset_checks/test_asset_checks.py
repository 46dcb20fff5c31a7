"""What Dagster and the warehouse say after sound days, spoilt days, and days made again."""

import contextlib
import datetime
import re
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import dagster as dg
import pandas as pd
import pytest

DAY, NEXT, LAST = "2026-03-01", "2026-03-02", "2026-03-03"
NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
PARTITION = "dagster/partition"


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


@pytest.fixture
def resources(solution: Any, tmp_path: Path) -> dict[str, Any]:
    """Give exports of three sound days, and an empty warehouse."""
    (tmp_path / "exports").mkdir()
    return {
        "exports": solution.Exports(folder=str(tmp_path / "exports")),
        "warehouse": solution.Warehouse(path=str(tmp_path / "warehouse.db")),
    }


Write = Callable[[str, pd.DataFrame], None]


@pytest.fixture
def write(tmp_path: Path, resources: dict[str, Any]) -> Write:
    """Write the export of a day."""

    def write(day: str, frame: pd.DataFrame) -> None:
        frame.to_csv(tmp_path / "exports" / f"{day}.csv", index=False)

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
        " midnight in Paris it is still yesterday in UTC: the night run finds no partition.",
    )


def test_asset_reads_its_own_day(
    solution: Any, write: Write, run: Run, customers: pd.DataFrame, tmp_path: Path
) -> None:
    frames = {DAY: customers[:60], NEXT: customers[60:130].reset_index(drop=True)}
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
            " tonight's customers thirty times when a month is made again.",
        )


# Task 2: the gate


def doubled(frame: pd.DataFrame) -> pd.DataFrame:
    """Give three rows the same id; one of them has a blank too, and is still one row."""
    frame.loc[1, "support_calls"] = float("nan")
    return frame.assign(customer_id=frame["customer_id"].where(frame.index > 2, 7))


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


def odd(frame: pd.DataFrame) -> pd.DataFrame:
    """Spoil one row of 150, far down, by a little."""
    frame.loc[140, "support_calls"] = -0.01
    return frame


@pytest.mark.parametrize(("spoil", "bad_rows"), [(doubled, 3), (blank, 3), (negative, 4), (odd, 1)])
def test_spoilt_day_stops_at_the_gate(
    solution: Any,
    write: Write,
    run: Run,
    customers: pd.DataFrame,
    spoil: Callable[[pd.DataFrame], pd.DataFrame],
    bad_rows: int,
) -> None:
    frame = customers[:150].astype({name: float for name in NUMBERS})
    write(DAY, spoil(frame))
    made = defined(solution, "daily_customers", "customers_are_sound")
    night = run(DAY, *made, downstream(solution))
    evaluated(
        night,
        "customers_are_sound",
        False,
        {"bad_rows": bad_rows},
        "who is called in the morning needs the number: 3 rows are a glitch, 3,000 a lost column.",
    )
    assert not night.success and night.made == ["daily_customers"], told(
        f"{night.call} Its export has rows that are {spoil.__name__}. {night.ending}",
        "Expected: nothing downstream of daily_customers, and a run that fails.",
        "In production: a red check beside a green run. The campaign goes out at 8:00. A check"
        " stops the run if it is blocking, and fails with the severity ERROR.",
    )


def test_sound_day_passes_the_gate(
    solution: Any, write: Write, run: Run, customers: pd.DataFrame
) -> None:
    write(NEXT, customers[:100])  # the days before have no export at all
    made = defined(solution, "daily_customers", "customers_are_sound")
    night = run(NEXT, *made, downstream(solution))
    why = "a gate that nobody passes is switched off within a week."
    evaluated(night, "customers_are_sound", True, {"bad_rows": 0}, why)
    assert night.success and "campaign" in night.made, told(
        f"{night.call} Its export is sound. {night.ending}",
        "Expected: a run that succeeds, and what is downstream is made.",
        f"In production: {why}",
    )


# Task 3: what is only unusual


@pytest.mark.parametrize(
    ("rows", "passed"), [(0, False), (49, False), (50, True), (200, True), (201, False)]
)
def test_unusual_volume_is_noted_and_stops_nothing(
    solution: Any, write: Write, run: Run, customers: pd.DataFrame, rows: int, passed: bool
) -> None:
    write(DAY, customers[:rows])
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


def table(resources: dict[str, Any]) -> dict[str, list[int]]:
    """Read the warehouse: day -> ids of its customers, sorted."""
    with contextlib.closing(resources["warehouse"].connect()) as connection:
        rows = connection.execute("SELECT day, customer_id FROM scores").fetchall()
    return {day: sorted(id_ for one, id_ in rows if one == day) for day, _ in sorted(rows)}


def ids(frame: pd.DataFrame) -> list[int]:
    """Return the ids of a frame's customers, sorted."""
    return sorted(frame["customer_id"].tolist())


def holds(resources: dict[str, Any], expected: dict[str, list[int]], night: str, why: str) -> None:
    """Check which customers the warehouse has of which day."""
    seen = table(resources)
    sizes = [{day: len(found) for day, found in one.items()} for one in (seen, expected)]
    assert seen == expected, told(
        night,
        f"Rows a day in the table: {sizes[0]}. Expected: {sizes[1]}, the customers of these days,"
        " each once.",
        f"In production: {why}",
    )


def test_day_made_again_counts_once(
    solution: Any, write: Write, run: Run, customers: pd.DataFrame, resources: dict[str, Any]
) -> None:
    made = defined(solution, "daily_customers", "daily_scores")
    kept, gone = customers[:60], customers[60:80]
    write(DAY, customers[:80])
    write(NEXT, customers[:40])
    nights = [run(NEXT, *made), run(DAY, *made)]
    write(DAY, kept)  # the export was corrected: 20 customers less
    nights.append(run(DAY, *made))
    assert all(night.success for night in nights), told(
        *(f"{night.call} {night.ending}" for night in nights),
        "Expected: three runs that succeed.",
    )
    assert [night.metadata["daily_scores"].get("rows") for night in nights] == [40, 80, 60], told(
        *(f"{night.call} metadata {night.metadata['daily_scores']}" for night in nights),
        "Expected: the rows written: 40, 80, 60.",
    )
    holds(
        resources,
        {DAY: ids(kept), NEXT: ids(customers[:40])},
        f"{NEXT} was made, then {DAY}, then {DAY} again, from a corrected export that has"
        f" {len(gone)} customers less.",
        "a day that is appended counts its customers twice; a customer who was taken out of the"
        " export and stays in the table gets a call; a table replaced as a whole has lost a year.",
    )
    with contextlib.closing(resources["warehouse"].connect()) as connection:
        written = connection.execute("SELECT customer_id, score FROM scores WHERE day = ?", (DAY,))
        seen = dict(written.fetchall())
    expected = dict(zip(kept["customer_id"].tolist(), solution.score(kept), strict=True))
    off = [id_ for id_ in expected if seen[id_] != pytest.approx(expected[id_])]
    assert not off, told(
        f"{nights[-1].call} {nights[-1].ending} {len(off)} of {len(kept)} customers have another"
        f" score than theirs; the first, {off[0]}, has {seen[off[0]]:.4f}.",
        f"Expected: {expected[off[0]]:.4f}, what score(daily_customers) gives for that row.",
        "In production: the count is right and the campaign calls the wrong people.",
    )


def test_day_without_customers_has_no_rows(
    solution: Any, write: Write, run: Run, customers: pd.DataFrame, resources: dict[str, Any]
) -> None:
    made = defined(solution, "daily_customers", "daily_scores")
    write(DAY, customers[:20])
    write(NEXT, customers[:30])
    run(DAY, *made)
    run(NEXT, *made)
    write(DAY, customers[:0])  # the export was corrected: it was a holiday
    night = run(DAY, *made)
    holds(
        resources,
        {NEXT: ids(customers[:30])},
        f"{night.call} Its corrected export has no customer. {night.ending}",
        "20 customers of a day on which nobody was scored are called.",
    )


def test_day_that_fails_leaves_the_table_alone(
    solution: Any, write: Write, run: Run, customers: pd.DataFrame, resources: dict[str, Any]
) -> None:
    made = defined(solution, "daily_customers", "daily_scores")
    write(DAY, customers[:50])
    run(DAY, *made)
    with contextlib.closing(resources["warehouse"].connect()) as connection, connection:
        connection.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON scores WHEN NEW.customer_id ="
            f" {int(customers['customer_id'][30])}"
            " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
    night = run(DAY, *made)
    assert not night.success, told(
        f"{night.call} The warehouse's disk is full at row 30. {night.ending}",
        "Expected: a run that fails.",
    )
    holds(
        resources,
        {DAY: ids(customers[:50])},
        f"{night.call} The warehouse's disk was full at row 30. {night.ending}",
        "the morning's report reads yesterday's rows, or none, or half of them, and nobody sees"
        " which. Delete and insert are one transaction, or they are two accidents.",
    )


# Task 5: the backfill


def test_backfill_makes_each_day_once(
    solution: Any,
    write: Write,
    customers: pd.DataFrame,
    resources: dict[str, Any],
    dagster_instance: Any,
) -> None:
    for day in (DAY, NEXT, LAST):
        write(day, customers[:100])
    write(NEXT, negative(customers[:100].copy()))
    failed = solution.backfill(DAY, LAST, resources, dagster_instance)
    call = f"backfill({DAY!r}, {LAST!r}, ...), where the export of {NEXT} is spoilt:"
    assert failed == [NEXT], told(
        f"{call} returned {failed!r}. Expected: {[NEXT]!r}.",
        "In production: one bad day in a year of backfill, and you start again from that day.",
    )
    runs = [one.tags.get(PARTITION) for one in reversed(dagster_instance.get_runs())]
    assert runs == [DAY, NEXT, LAST], told(
        f"{call} made runs of the days {runs}. Expected: {[DAY, NEXT, LAST]}.",
        "In production: the last day of a range belongs to it; and each day has a run of its own,"
        " so that Dagster's calendar of partitions shows which one is missing.",
    )
    holds(
        resources,
        {DAY: ids(customers[:100]), LAST: ids(customers[:100])},
        call,
        "a backfill that leaves out the gate lets in by the back door what the night run refuses.",
    )
    for name in ("customers_are_sound", "volume_is_usual"):
        key = dg.AssetCheckKey(dg.AssetKey("daily_customers"), name)
        noted = dagster_instance.event_log_storage.get_asset_check_execution_history(key, limit=9)
        assert len(noted) == 3, told(
            f"{call} {name} was run {len(noted)} times. Expected: 3, once a day.",
            "In production: a check that the backfill leaves out has no history of these days. What"
            " was unusual in March is seen by nobody.",
        )


def test_backfill_tells_of_its_own_days_only(
    solution: Any,
    write: Write,
    customers: pd.DataFrame,
    resources: dict[str, Any],
    dagster_instance: Any,
) -> None:
    write(DAY, negative(customers[:100].copy()))
    write(NEXT, customers[:100])
    asked = [(DAY, DAY, [DAY]), (NEXT, NEXT, []), (DAY, DAY, [DAY])]
    for first, last, expected in asked:
        failed = solution.backfill(first, last, resources, dagster_instance)
        assert failed == expected, told(
            f"The export of {DAY} is spoilt, that of {NEXT} is not. backfill was called for {DAY},"
            f" for {NEXT}, and for {DAY} again: for {first} it returned {failed!r}.",
            f"Expected: {expected!r}, the failed days of this call, each once.",
            "In production: what a process remembers of March is told again in April.",
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
