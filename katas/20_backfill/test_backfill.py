"""What a backfill asks for, what Dagster has noted of it, and what the store has afterwards."""

import contextlib
import datetime
import random
import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from zoneinfo import ZoneInfo

import dagster as dg
import pandas as pd
import pytest
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

PARIS, UTC = ZoneInfo("Europe/Paris"), datetime.timezone.utc
PARTITION, RUN_KEY = "dagster/partition", "dagster/run_key"
BEFORE, DAY, NEXT = "2026-02-09", "2026-02-10", "2026-02-11"
COLUMNS = ["call_id", "customer_id", "happened_at", "seconds", "arrived"]
# As two systems write it down, and a person.
IDS = ["007", "7", "1e5", "100000", "NA", "c-17", "C-17"]
IDS += ["plumless", "buckeroo"]  # with one CRC-32
OFFSETS = [UTC, PARIS, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")]
# What the store has from before: days without a partition, one customer twice.
FORMER = [("1999-12-31", 3, 1, 60), ("2025-12-30", 7, 2, 90), ("2025-12-30", 7, 2, 90)]
Status = dg.DagsterRunStatus
ENDED = (Status.SUCCESS, Status.FAILURE, Status.CANCELED)


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


@pytest.fixture
def rng(draw: Any) -> random.Random:
    """Draw what is drawn here."""
    return random.Random(f"{draw.seed}/backfill")


@pytest.fixture
def customer_ids(draw: Any) -> list[int]:
    """Draw the ids of forty customers, some of them beyond 2**53."""
    return list(dict.fromkeys(draw.customers(40).frame()["customer_id"].tolist()))


@pytest.fixture
def machine_in() -> Iterator[Callable[[str], None]]:
    """Set the machine's time zone for the length of a test."""
    with pytest.MonkeyPatch.context() as patch:

        def move(zone: str) -> None:
            patch.setenv("TZ", zone)
            time.tzset()

        yield move
    time.tzset()


def advance_to(clock: Any, moment: datetime.datetime) -> None:
    """Let it be a moment that is still to come."""
    there = datetime.datetime.now(UTC) + datetime.timedelta(seconds=clock.advanced_s)
    clock.advance(max(0.0, (moment - there).total_seconds()))


# Task 1: a day has its own calls


def noon(day: str, **more: int) -> datetime.datetime:
    """Return noon of a day in Paris, or some time after it."""
    return datetime.datetime.fromisoformat(f"{day}T12:00").replace(
        tzinfo=PARIS
    ) + datetime.timedelta(**more)


def later(day: str, days: int) -> str:
    """Return the day that comes some days after another one."""
    return str(datetime.date.fromisoformat(day) + datetime.timedelta(days=days))


class Calls:
    """Collects calls as they are delivered, each moment written as one system or another does."""

    def __init__(self, rng: random.Random, customer_ids: list[int]) -> None:
        self.rng, self.customer_ids = rng, customer_ids
        self.rows: list[dict[str, Any]] = []

    def deliver(self, call_id: str, happened: datetime.datetime, arrived: str) -> dict[str, Any]:
        """Add a delivery; return the row that it is."""
        moment = happened.astimezone(self.rng.choice(OFFSETS))
        exact = "microseconds" if moment.microsecond else self.rng.choice(("seconds", "minutes"))
        text = moment.isoformat(timespec=exact)
        values = [call_id, self.rng.choice(self.customer_ids), text, self.rng.randint(1, 4000)]
        row = dict(zip(COLUMNS, [*values, arrived], strict=True))
        if moment.utcoffset() == datetime.timedelta() and self.rng.random() < 0.5:
            row["happened_at"] = text.replace("+00:00", "Z")
        self.rows.append(row)
        return row

    def frame(self) -> pd.DataFrame:
        """Return all deliveries, in a drawn order of rows and of columns."""
        rows = self.rng.sample(self.rows, len(self.rows))
        return pd.DataFrame(rows, columns=self.rng.sample(COLUMNS, len(COLUMNS)))


@pytest.fixture
def calls(rng: random.Random, customer_ids: list[int]) -> Calls:
    """Have no call delivered yet."""
    return Calls(rng, customer_ids)


def chosen(solution: Any, day: str, calls: Calls, wanted: list[dict[str, Any]], why: str) -> None:
    """Check which calls are chosen for a day."""
    given = calls.frame()
    found = solution.calls_of(day, given)
    call = f"calls_of({day!r}, ...), of {len(given)} deliveries,"
    assert isinstance(found, pd.DataFrame) and set(found.columns) == set(COLUMNS), told(
        f"{call} returned {shorten(str(found))!r}.",
        f"Expected: a DataFrame with the columns {COLUMNS}, also where no call is chosen.",
        "In production: on the first day without a call the run of that day fails.",
    )
    seen = {tuple(map(str, one)) for one in found[COLUMNS].itertuples(index=False)}
    rows = {tuple(map(str, one.values())) for one in wanted}
    missing, others = sorted(rows - seen), sorted(seen - rows)
    assert not missing and not others and len(found) == len(wanted), told(
        f"{call} chose {len(found)} rows. Expected: {len(wanted)}.",
        f"The first one that is missing: {missing[0] if missing else 'none'}; that does not belong"
        f" there: {others[0] if others else 'none'} ({', '.join(COLUMNS)}).",
        f"In production: {why}",
    )


def test_late_calls_belong_to_the_day_on_which_they_happened(solution: Any, calls: Calls) -> None:
    wanted = []
    for number, late in enumerate((0, 1, 1, 3, 9, 60, 400, 2, 2)):
        wanted.append(calls.deliver(IDS[number], noon(DAY, hours=number - 4), later(DAY, late)))
        for day in (BEFORE, NEXT, later(DAY, -late - 2)):  # others arrive on that day
            calls.deliver(f"{day}-{number}", noon(day), later(DAY, late))
    wanted[0]["seconds"] = 0  # who hangs up in the queue has called, too
    why = (
        "a call centre whose line is down delivers three days later. Who counts a call on the day"
        " of its delivery has one day with too few, and another with too many; and who looks at a"
        " few days of deliveries only never counts the latest ones."
    )
    chosen(solution, DAY, calls, wanted, why)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        *(("2026-03-29", 23), ("2026-10-25", 25), ("2026-01-15", 24), ("2026-07-15", 24)),
        *(("2027-03-28", 23), ("2027-10-30", 24)),  # each year on other days
    ],
)
def test_day_is_as_long_as_it_is_in_paris(
    solution: Any, calls: Calls, machine_in: Callable[[str], None], day: str, hours: int
) -> None:
    machine_in("America/New_York")
    start, end = (
        datetime.datetime.fromisoformat(f"{one}T00:00").replace(tzinfo=PARIS).astimezone(UTC)
        for one in (day, later(day, 1))
    )
    tick, half = datetime.timedelta(microseconds=1), datetime.timedelta(minutes=30)
    inside = [start + number * half for number in range(2 * hours)] + [start + tick, end - tick]
    wanted = [
        calls.deliver(f"in-{number}", moment, later(day, number % 3))
        for number, moment in enumerate(inside)
    ]
    for number, moment in enumerate((start - tick, start - half, end, end + half)):
        calls.deliver(f"out-{number}", moment, day)
    why = (
        f"{day} has {hours} hours in Paris, from {start} to {end}, without its end. Days of 24"
        " hours, days in UTC, or the first ten signs of `happened_at`: an hour of calls is counted"
        " on the wrong day, twice or never, and only on some days of the year."
    )
    chosen(solution, day, calls, wanted, why)


def test_call_delivered_again_counts_once_as_corrected(solution: Any, calls: Calls) -> None:
    calls.deliver("twice", noon(DAY), DAY)
    calls.deliver("thrice", noon(DAY), DAY)
    calls.deliver("thrice", noon(DAY, hours=1), later(DAY, 9))
    calls.deliver("moved away", noon(DAY), DAY)
    calls.deliver("moved here", noon(NEXT), NEXT)
    calls.deliver("day and month swapped", noon(DAY), DAY)
    calls.deliver("day and month swapped", noon("2026-10-02"), later(DAY, 2))
    calls.deliver("swapped back", noon("2026-10-02"), DAY)
    calls.deliver("and back", noon(DAY), DAY)
    calls.deliver("and back", noon(NEXT), NEXT)
    wanted = {
        DAY: [
            calls.deliver("twice", noon(DAY, hours=2), later(DAY, 2)),
            calls.deliver("thrice", noon(DAY, hours=-2), later(DAY, 10)),
            calls.deliver("moved here", noon(DAY), later(DAY, 30)),
            calls.deliver("swapped back", noon(DAY), later(DAY, 2)),
            calls.deliver("and back", noon(DAY, hours=3), later(DAY, 3)),
        ],
        BEFORE: [calls.deliver("moved away", noon(BEFORE), later(DAY, 1))],
        NEXT: [],
    }
    why = (
        "a delivery is sent again after each time-out, and corrected. Each call counts once, as it"
        " arrived last: first the latest row of each call, of all deliveries, then the day. The"
        " other way round a call whose day was corrected counts on both."
    )
    for day, rows in wanted.items():
        chosen(solution, day, calls, rows, why)


def test_day_without_calls_has_none(solution: Any, calls: Calls) -> None:
    why = "a day on which nobody called is a day, too."
    chosen(solution, DAY, calls, [], why)
    calls.deliver("7", noon(NEXT), DAY)
    chosen(solution, DAY, calls, [], why)


# Task 2: a day made again


class Night(NamedTuple):
    """One run of one day, and what Dagster noted of it."""

    call: str
    success: bool
    metadata: dict[str, Any]
    ending: str


def describe(event: Any) -> str:
    """Say which step failed, and with which error of its own."""
    error = event.event_specific_data.error
    while error.cause is not None:
        error = error.cause
    return f"{event.step_key} failed: {shorten(error.message)}."


def asset_of(solution: Any, name: str) -> Any:
    """Return an asset of the solution, which Dagster must make one partition a run."""
    one = getattr(solution, name)
    fits = isinstance(one, dg.AssetsDefinition) and one.partitions_def == solution.days
    assert fits, told(
        f"{name} is a {type(one).__name__} whose partitions are"
        f" {getattr(one, 'partitions_def', None)}.",
        "Expected: an asset, partitioned by `days`.",
        "In production: Dagster knows what it is told of. Without partitions no day can be made"
        " again.",
    )
    policy = one.backfill_policy
    assert policy is None or policy.max_partitions_per_run == 1, told(
        f"{name} has the backfill policy {policy}.",
        "Expected: one partition a run, as without a policy.",
        "In production: ninety days are one run. It has no `partition_key`, one bad day fails them"
        " all, and nobody sees which.",
    )
    for key in one.dependency_keys:
        mapping = one.get_partition_mapping_for_dep(key)
        if mapping is None:  # some that there are, are empty tuples
            mapping = dg.IdentityPartitionMapping()
        of_day = solution.days.subset_with_partition_keys([DAY])
        days = (of_day, solution.days, solution.days)
        seen = mapping.get_upstream_mapped_partitions_result_for_partitions(*days)
        made_of = list(seen.partitions_subset.get_partition_keys())
        assert made_of == [DAY], told(
            f"{name} of {DAY} is made of {len(made_of)} days of {key.to_user_string()}:"
            f" {shorten(str(made_of))}, as Dagster is told by {type(mapping).__name__}.",
            f"Expected: of {DAY} alone.",
            "In production: Dagster's own backfill makes no model before each of the ninety days"
            " has its features; and of one day that fails no other day gets a model.",
        )
    return one


@pytest.fixture
def store(solution: Any, tmp_path: Path) -> Any:
    """Give a store with features of long ago, and a view of somebody else's."""
    store = solution.Store(path=str(tmp_path / "store.db"))
    with contextlib.closing(store.connect()) as connection, connection:
        connection.executemany("INSERT INTO features VALUES (?, ?, ?, ?)", FORMER)
        connection.execute("CREATE VIEW report AS SELECT day, sum(calls) FROM features GROUP BY 1")
    return store


Run = Callable[..., Night]


@pytest.fixture
def run(dagster_instance: Any) -> Run:
    """Materialise an asset and what is before it for one day, and collect what was seen."""

    def run(day: str, store: Any, upstream: Any, one: Any) -> Night:
        result = dg.materialize(
            [upstream, one],
            partition_key=day,
            resources={"store": store},
            instance=dagster_instance,
            raise_on_error=False,
        )
        metadata: dict[str, Any] = {}
        for event in result.get_asset_materialization_events():
            if event.asset_key == one.key:
                noted = event.materialization.metadata
                metadata.update((name, value.value) for name, value in noted.items())
        failures = [describe(event) for event in result.all_events if event.is_step_failure]
        ending = " ".join(failures) or f"The run succeeded, metadata {metadata}."
        return Night(f"The run of {day}:", result.success, metadata, ending)

    return run


def calls_made(solution: Any, frame: pd.DataFrame) -> Any:
    """Define the calls of a day, as they are before its features."""

    @dg.asset(partitions_def=solution.days)
    def daily_calls() -> pd.DataFrame:
        return frame

    return daily_calls


def some_calls(calls: Calls, count: int, customers: list[int]) -> pd.DataFrame:
    """Deliver calls of some customers, the first of whom calls once, and hangs up; as a frame."""
    calls.rows.clear()
    calls.customer_ids = customers[1:]
    for number in range(count):
        row = calls.deliver(f"{number:03}", noon(DAY), DAY)
        if number < len(customers):
            row["customer_id"] = customers[number]
        row["seconds"] *= number > 0
    return calls.frame()


def features_of(day: str, frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return the rows that a day is to have, sorted."""
    counts: Counter[int] = Counter(frame["customer_id"].tolist())
    total: Counter[int] = Counter()
    for one, seconds in zip(frame["customer_id"].tolist(), frame["seconds"].tolist(), strict=True):
        total[one] += seconds
    return sorted((day, one, counts[one], total[one]) for one in counts)


def holds(store: Any, expected: list[tuple[Any, ...]], said: str, why: str) -> None:
    """Check which rows `features` has, beside those of long ago, and that it is the same table."""
    with contextlib.closing(store.connect()) as connection:
        rows = sorted(connection.execute("SELECT * FROM features").fetchall())
        columns = "SELECT name, type, \"notnull\" FROM pragma_table_info('features')"
        seen = connection.execute(columns).fetchall()
        views = connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    columns = [("day", "TEXT", 1), ("customer_id", "INTEGER", 1)]
    columns += [("calls", "INTEGER", 1), ("seconds", "INTEGER", 1)]
    assert (seen, views) == (columns, [("report",)]), told(
        said,
        f"The columns of `features`, each with its type and NOT NULL: {seen}; the views: {views}.",
        f"Expected, as before: {columns}; the view `report`, somebody else's, which reads it.",
        "In production: a table that is made anew has lost what others have set on it. Replace the"
        " rows of your day, not the table.",
    )
    wanted = Counter([*FORMER, *expected])
    missing, others = sorted(wanted - Counter(rows)), sorted(Counter(rows) - wanted)
    sizes = [
        dict(sorted(Counter(row[0] for row in one).items())) for one in (rows, wanted.elements())
    ]
    assert not missing and not others, told(
        said,
        f"Rows a day in the table: {sizes[0]}. Expected: {sizes[1]}.",
        f"The first row that is missing: {missing[0] if missing else 'none'}; that does not belong"
        f" there: {others[0] if others else 'none'} (day, customer, calls, seconds).",
        f"In production: {why}",
    )


CHANGES = ("INSERT", "UPDATE", "REPLACE", "DELETE")


@contextlib.contextmanager
def overtaken(kind: type, *statements: tuple[str, list[tuple[Any, ...]]]) -> Iterator[Any]:
    """Make a store into which another run writes when a first transaction, or change, begins.

    Just before the next change one more writes, to no effect. Where it may not, it gives up; where
    it would have to wait for somebody who reads, it waits: until this change was made.
    """
    to_write, to_repeat = list(statements), ["UPDATE features SET calls = calls"]
    waiting: list[sqlite3.Connection] = []
    journals: list[list[str]] = []  # as each change began

    class Overtaken(kind):  # type: ignore[misc]
        seen_beside: ClassVar[list[list[str]]] = journals

        def connect(self) -> Any:
            connection = super().connect()

            def on_statement(statement: str) -> None:
                does = statement.lstrip().upper()
                if does.startswith(CHANGES):
                    here = Path(self.path)
                    beside = (here.with_name(f"{here.name}-{one}") for one in ("journal", "wal"))
                    journals.append([one.name for one in beside if one.exists()])
                while waiting:
                    waiting.pop().close()
                if to_write and does.startswith(("BEGIN", *CHANGES)):
                    with contextlib.closing(sqlite3.connect(self.path, timeout=0)) as other, other:
                        while to_write:
                            other.executemany(*to_write.pop(0))
                elif to_repeat and does.startswith(CHANGES):
                    waiting.append(sqlite3.connect(self.path, timeout=0, isolation_level=None))
                    with contextlib.suppress(sqlite3.OperationalError):
                        for one in ("BEGIN IMMEDIATE", to_repeat.pop(), "COMMIT"):
                            waiting[-1].execute(one)

            connection.set_trace_callback(on_statement)
            return connection

    yield Overtaken
    while waiting:
        waiting.pop().close()


def impatient(kind: type) -> Any:
    """Make a store that says at once, and not after five seconds, that it is locked."""

    class Impatient(kind):  # type: ignore[misc]
        def connect(self) -> Any:
            connection = super().connect()
            connection.execute("PRAGMA busy_timeout = 0")
            connection.set_authorizer(no_patience)
            return connection

    return Impatient


def no_patience(action: int, name: str | None, *_: object) -> int:
    """Leave a longer patience with other writers without effect."""
    asked = action == sqlite3.SQLITE_PRAGMA and name == "busy_timeout"
    return sqlite3.SQLITE_IGNORE if asked else sqlite3.SQLITE_OK


def test_day_made_again_replaces_itself(
    solution: Any, store: Any, run: Run, calls: Calls, customer_ids: list[int]
) -> None:
    features = asset_of(solution, "daily_features")
    some, others = customer_ids[:12], customer_ids[8:20]
    first, other, corrected = (some_calls(calls, 40, one) for one in (some, some, others[:9]))
    exchanged = corrected.assign(customer_id=corrected["customer_id"].replace(pair_of(others)))
    sentences, expected = [], {NEXT: features_of(NEXT, other), DAY: []}
    insert = "INSERT INTO features VALUES (?, ?, ?, ?)"
    why = (
        "a day that is appended counts twice; a customer whom the correction took out of the day"
        " and who stays in the table gets a call; a table replaced as a whole has lost a year; and"
        " what was looked up before the transaction may be wrong in it, where two runs of one day"
        " are at work at once."
    )
    for day, frame, by_another in (
        (NEXT, other, True),
        (DAY, first, False),
        (DAY, corrected, False),
        (DAY, exchanged, False),  # as many calls and seconds, and the same customers
        (DAY, corrected[:0], False),
        (DAY, first, False),
    ):
        expected[day] = features_of(day, frame)
        given = contextlib.nullcontext(solution.Store)
        by = ""
        if by_another:
            given = overtaken(solution.Store, (insert, expected[day]))
            by = (
                " Another run of that day was done just as this one began its transaction, and one"
                " of another day was about to write as this one was. Who reads in a transaction and"
                " then writes is refused there, without waiting."
            )
        with given as kind:
            night = run(day, kind(path=store.path), calls_made(solution, frame), features)
        shown = f"{night.call} {night.ending}"
        sentences += [shown, f"It was given {len(frame)} calls.{by}"]
        assert night.success and night.metadata.get("rows") == len(expected[day]), told(
            *sentences,
            f"Expected of the last run: it succeeds, with the metadata rows={len(expected[day])}.",
            "In production: who makes ninety days again wants to see beside each how much it is.",
        )
        seen = kind.seen_beside[1:] if by_another else []
        assert not seen or any(seen), told(
            *sentences,
            f"It changed the store {len(seen) + 1} times, and in the meantime SQLite kept nothing"
            " on the disk of how it was: neither store.db-journal nor store.db-wal.",
            "Expected: one of them, as SQLite has it unless it is told otherwise.",
            "In production: the machine is taken away in the middle of it. Nobody can roll back:"
            " the day is half old and half new, or the store is malformed.",
        )
        holds(store, [row for rows in expected.values() for row in rows], shown, why)


def pair_of(customers: list[int]) -> dict[int, int]:
    """Say of two customers that each is the other one."""
    first, second = customers[:2]
    return {first: second, second: first}


def test_day_that_fails_leaves_the_table_alone(
    solution: Any, store: Any, run: Run, calls: Calls, customer_ids: list[int]
) -> None:
    features = asset_of(solution, "daily_features")
    before, again = (some_calls(calls, count, customer_ids[:count]) for count in (20, 30))
    run(DAY, store, calls_made(solution, before), features)
    expected = features_of(DAY, before)
    for happened, statements, undo in (
        (
            "The disk was full at the last customer.",
            [
                "CREATE TRIGGER full_disk BEFORE INSERT ON features WHEN NEW.customer_id ="
                f" {max(customer_ids[:30])} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
            ],
            "DROP TRIGGER full_disk",
        ),
        ("Another writer had locked the store.", ["BEGIN IMMEDIATE"], "ROLLBACK"),
    ):
        with contextlib.closing(sqlite3.connect(store.path)) as other:
            for one in statements:
                other.execute(one)
            kind = impatient(solution.Store)
            night = run(DAY, kind(path=store.path), calls_made(solution, again), features)
            other.execute(undo)
        call = f"{night.call} {happened} {night.ending}"
        assert not night.success, told(
            call,
            "Expected: a run that fails, for the table cannot have a row for each customer.",
            "In production: of ninety days three are not there, all are green, and nobody looks.",
        )
        why = (
            "a backfill that fails halfway leaves a day that was wrong and whole as one that is"
            " half. Delete and insert are one transaction, or they are two accidents."
        )
        holds(store, expected, call, why)


# Task 3: newest first, a few at a time


ORIGIN = RemoteJobOrigin(
    RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("churn"), "churn"), "remake"
)
EVENTS = {Status.SUCCESS: "PIPELINE_SUCCESS", Status.FAILURE: "PIPELINE_FAILURE"}
EVENTS |= {Status.CANCELED: "PIPELINE_CANCELED", Status.STARTED: "PIPELINE_START"}
FIRST, LAST = "2026-01-01", "2026-03-31"  # ninety days
NAME = "utc-days"
LONG = "the ninety days that were counted by the day of their delivery, mended on 1 April"
ANY_TIME = datetime.datetime(2026, 1, 5, tzinfo=UTC)


class Records:
    """What Dagster knows of runs that other processes make: it is told, and nothing is run.

    When a run was made it is told by the machine that makes it: here the clock of each next one is
    an hour more behind, and all of them were long ago.
    """

    def __init__(self, instance: Any) -> None:
        self.instance = instance
        self.count = 0

    def add(
        self,
        day: str,
        status: Any,
        name: str | None = NAME,
        job: str = "remake",
        run_key: str | None = None,
        again_of: Any = None,
    ) -> Any:
        """Note a run of a day; the daemon notes also which request's key it had.

        One that somebody makes of another one again, in Dagster's page, knows of which.
        """
        before = None if again_of is None else again_of.run_id
        self.count += 1
        at = ANY_TIME - datetime.timedelta(hours=self.count)
        tags = {PARTITION: day, "backfill": name, RUN_KEY: run_key}
        tags = {key: value for key, value in tags.items() if value}
        run = dg.DagsterRun(
            job,
            str(uuid.uuid4()),
            status=status,
            tags=tags,
            remote_job_origin=ORIGIN,
            root_run_id=before,
            parent_run_id=before,
        )
        return self.instance.run_storage.add_historical_run(run, at)

    def end(self, run: Any, status: Any) -> None:
        """Note that a run has ended."""
        event = dg.DagsterEvent(event_type_value=EVENTS[status], job_name=run.job_name)
        self.instance.report_dagster_event(event, run.run_id)


@pytest.fixture
def records(dagster_instance: Any) -> Records:
    """Have no run noted yet."""
    return Records(dagster_instance)


def requested(call: str, asked: Any, name: str = NAME) -> list[str]:
    """Check what requests are made of; return their days in order."""
    right = isinstance(asked, list) and all(isinstance(one, dg.RunRequest) for one in asked)
    assert right, told(
        f"{call} returned {shorten(str(asked))}.",
        "Expected: a list of `dg.RunRequest`, maybe empty.",
        "In production: the sensor hands them on to Dagster as they are.",
    )
    days = [str(one.partition_key or one.tags.get(PARTITION)) for one in asked]
    tags = [one.tags.get("backfill") for one in asked]
    keys = [one.run_key for one in asked]
    assert tags == [name] * len(asked) and None not in keys and len(set(keys)) == len(keys), told(
        f"{call} asked for the days {days}; tags `backfill`: {tags}; run keys: {keys}.",
        f"Expected: each with the tag {name!r}, and with a run key of its own.",
        "In production: without the tag nobody, the next tick included, knows which runs belong to"
        " the backfill. Without a run key a tick that is evaluated twice makes each day twice; and"
        " of two requests with one key Dagster runs one.",
    )
    return days


def ticked(solution: Any, records: Records, *given: Any, name: str = NAME) -> list[str]:
    """Ask for the next runs; return their days."""
    call = f"next_runs(instance, {name!r}, {', '.join(map(repr, given))})"
    return requested(call, solution.next_runs(records.instance, name, *given), name)


def test_ninety_days_newest_first_a_few_at_a_time(solution: Any, records: Records) -> None:
    call = f"next_runs(instance, {NAME!r}, {FIRST!r}, {LAST!r}, 4)"
    why = (
        "ninety runs at once lock the store, and the night run waits behind all of them. The newest"
        " day is what tomorrow's campaign uses; January can wait. And what waits in a queue will"
        " run: a limit that does not count it is none."
    )

    def asks(expected: list[str], happened: str) -> None:
        seen = ticked(solution, records, FIRST, LAST, 4)
        assert seen == expected, told(
            f"{happened} {call} asked for {seen}.",
            f"Expected: {expected}.",
            f"In production: {why}",
        )

    newest = [later(LAST, -number) for number in range(90)]
    asks(newest[:4], "Nothing has run yet.")
    asks(newest[:4], "The tick was evaluated twice.")
    waiting = (Status.QUEUED, Status.NOT_STARTED, Status.STARTING, Status.CANCELING)
    runs = [records.add(day, one) for day, one in zip(newest, waiting, strict=False)]
    said = f"Four days are under way, as Dagster says: {', '.join(one.value for one in waiting)}."
    asks([], said)
    records.end(runs[2], Status.STARTED)
    records.end(runs[1], Status.SUCCESS)
    asks(newest[4:5], f"{said} One of them was made, and another one has started.")
    records.end(runs[3], Status.CANCELED)
    records.end(runs[2], Status.FAILURE)
    asks(newest[4:7], f"{said} Of these one was made, one failed, one was cancelled.")
    for day in newest[4:88]:
        records.add(day, Status.SUCCESS)
    asks(newest[88:], "All days but two have had their run; one is under way.")
    for day in newest[88:]:
        records.add(day, Status.FAILURE)
    asks([], "Each day has had its run; some have failed.")


def test_each_day_is_asked_for_once(
    solution: Any, records: Records, clock: Any, rng: random.Random
) -> None:
    advance_to(clock, datetime.datetime(2026, 11, 2, tzinfo=UTC))
    first, count, at_most = "2026-10-21", 8, 3  # on the 25th the clocks go back
    days = [later(first, number) for number in reversed(range(count))]
    made: list[str] = []
    under_way: list[Any] = []
    for _ in range(4 * count):
        asked = ticked(solution, records, first, days[0], at_most)
        free = at_most - len(under_way)
        expected = [day for day in days if day not in made][:free]
        assert asked == expected, told(
            f"next_runs(instance, {NAME!r}, {first!r}, {days[0]!r}, {at_most}), with"
            f" {len(under_way)} runs under way, after {made}: it asked for {asked}.",
            f"Expected: {expected}, each day once, and as many as may be under way.",
            "In production: a day that is asked for at each tick is made again for ever; one that"
            " is left out where the clocks change is looked for in the autumn report.",
        )
        made += asked
        under_way += [records.add(day, Status.STARTED) for day in asked]
        for run in rng.sample(under_way, min(len(under_way), rng.randint(1, 2))):
            records.end(run, rng.choice(ENDED))
            under_way.remove(run)
    assert made == days


def test_only_runs_of_this_backfill_count(solution: Any, records: Records) -> None:
    last, day = LAST, later(LAST, -1)
    records.add(last, Status.STARTED, name=None, job="nightly")
    for number, name in enumerate((f"{NAME}2", NAME[:-1], NAME.upper(), f"a {NAME}")):
        records.add(last, Status.FAILURE if number % 2 else Status.SUCCESS, name)
        records.add(day, Status.STARTED, name)
    seen = ticked(solution, records, FIRST, LAST, 2)
    assert seen == [last, day], told(
        f"The night run of {last} is under way, and other backfills, such as {NAME + '2'!r}, have"
        f" made {last} and are making {day}. next_runs(..., {NAME!r}, {FIRST!r}, {LAST!r}, 2) asked"
        f" for {seen}.",
        f"Expected: {[last, day]}. Runs belong to a backfill by their tag `backfill`.",
        "In production: March was made in March, and is wrong. What was made before the bug was"
        " mended does not count; and a backfill that waits for the runs of others never begins.",
    )
    records.add("2026-02-01", Status.QUEUED, job="by hand")
    records.add("2026-02-01", Status.STARTED)
    records.add("2025-12-24", Status.STARTED)
    records.add("", Status.STARTED)
    records.add("", Status.FAILURE)
    for at_most, expected in ((5, [last]), (4, []), (1, [])):
        seen = ticked(solution, records, FIRST, LAST, at_most)
        assert seen == expected, told(
            "Four runs of this backfill are under way: two of one day, of which one was started by"
            " hand, one of a day outside of the range, and one without a partition; another one"
            f" without a partition has failed. next_runs(..., {FIRST!r}, {LAST!r}, {at_most}) asked"
            f" for {seen}.",
            f"Expected: {expected}.",
            "In production: somebody lowers the limit because the store is slow, and the next tick"
            " asks for more. Runs are counted, not days: each of them is one more at the store.",
        )


def test_run_keys_are_of_day_and_backfill(solution: Any, records: Records) -> None:
    given = ("2026-03-27", LAST, 9)
    keys = [
        [one.run_key for one in solution.next_runs(records.instance, name, *given)]
        for name in (NAME, NAME, "another", LONG, f"{LONG}, once more")
    ]
    assert not set(keys[3]) & set(keys[4]), told(
        f"Ticks of the backfills {LONG!r} and {LONG + ', once more'!r} ask with the run keys"
        f" {keys[3]} and {keys[4]}.",
        "Expected: none of the one is one of the other's.",
        "In production: of one sensor Dagster makes one run for a key, ever. Of the second backfill"
        " it makes none, and nobody is told.",
    )
    assert keys[0] == keys[1] and not set(keys[0]) & set(keys[2]), told(
        f"Two ticks of one backfill ask with the run keys {keys[0]} and {keys[1]}, a tick of"
        f" another one with {keys[2]}.",
        "Expected: the same keys for the same backfill, others for another one.",
        "In production: the daemon is killed in the middle of a tick and evaluates it again: with"
        " other keys each day is made twice. With keys of the day alone the second backfill of a"
        " day is never run: of one sensor Dagster makes one run for a key, ever.",
    )


@pytest.mark.parametrize(
    ("first", "last", "at_most"),
    [
        ("2025-12-31", "2026-01-02", 3),
        ("2026-03-01", "2999-01-01", 3),
        (NEXT, DAY, 3),
        (DAY, NEXT, 0),
        (DAY, NEXT, -1),
    ],
    ids=["before the start", "not over yet", "backwards", "none at a time", "less than none"],
)
def test_backfill_of_nothing_is_refused(
    solution: Any, dagster_instance: Any, first: str, last: str, at_most: int
) -> None:
    call = f"next_runs(instance, {NAME!r}, {first!r}, {last!r}, {at_most})"
    try:
        asked = solution.next_runs(dagster_instance, NAME, first, last, at_most)
        ending = f"returned {shorten(str(asked))}"
    except ValueError:
        return
    except NotImplementedError:
        raise
    except Exception as error:  # any other error is looked at below
        ending = f"raised {type(error).__name__}: {shorten(str(error))}"
    pytest.fail(
        told(
            f"{call} {ending}.",
            "Expected: ValueError.",
            "In production: a typing error in a date is a backfill that asks for nothing and says"
            " nothing, or for a day that has only begun.",
        )
    )


def test_days_are_those_that_are_over_now(
    solution: Any, records: Records, clock: Any, machine_in: Callable[[str], None]
) -> None:
    machine_in("America/New_York")
    year = datetime.datetime.now().year + 2
    moment = datetime.datetime(year, 7, 14, 22, 30, tzinfo=UTC)  # half past midnight in Paris
    advance_to(clock, moment)
    yesterday, today = f"{year}-07-14", f"{year}-07-15"
    said = (
        f"The worker was started two years ago, in New York; it is {today} 00:30 in Paris."
        f" next_runs(instance, {NAME!r}, {yesterday!r}, ..., 1)"
    )
    why = (
        "In production: a worker that runs for weeks does not know yesterday, or one elsewhere"
        " makes a day that has only begun. Ask `days`, at each tick."
    )
    for last, expected in ((yesterday, f"asked for {[yesterday]}"), (today, "raised ValueError")):
        try:
            seen = f"asked for {ticked(solution, records, yesterday, last, 1)}"
        except ValueError:
            seen = "raised ValueError"
        assert seen == expected, told(f"{said} until {last} {seen}.", f"Expected: {expected}.", why)


# Task 4: the failed one, and only it


def again(solution: Any, records: Records, at_most: int) -> tuple[list[str], list[Any]]:
    """Ask for the failed days once more; return days and run keys."""
    asked = solution.run_again(records.instance, NAME, at_most)
    days = requested(f"run_again(instance, {NAME!r}, {at_most})", asked)
    return days, [one.run_key for one in asked]


def names_failed(solution: Any, records: Records, expected: list[str], happened: str) -> None:
    """Check which days are named, and that those alone are asked for again."""
    named = solution.failed_days(records.instance, NAME)
    assert named == expected, told(
        f"{happened} failed_days(instance, {NAME!r}) returned {named!r}.",
        f"Expected: {expected}, the newest first.",
        "In production: one bad day of ninety, and somebody looks for it in ninety logs. What"
        " failed and was made since needs nobody; what was made and failed since does.",
    )
    asked, _ = again(solution, records, 99)
    assert asked == expected, told(
        f"{happened} run_again(instance, {NAME!r}, 99) asked for {asked}.",
        f"Expected: {expected}, the newest first.",
        "In production: one bad day of ninety, and all ninety are made again, or a day that is just"
        " being made.",
    )


def test_failed_day_is_named_and_made_again_alone(
    solution: Any, records: Records, customer_ids: list[int]
) -> None:
    broken, made = {DAY}, list[str]()

    @dg.asset(partitions_def=solution.days)
    def daily_features(context: dg.AssetExecutionContext) -> None:
        made.append(context.partition_key)
        if context.partition_key in broken:
            raise RuntimeError("no delivery")

    definitions = dg.Definitions([daily_features], jobs=[dg.define_asset_job("remake")])
    job = definitions.resolve_job_def("remake")

    def run(day: str, tags: dict[str, str]) -> None:
        job.execute_in_process(
            partition_key=day, tags=tags, instance=records.instance, raise_on_error=False
        )

    had: dict[str, str] = {}
    with contextlib.suppress(Exception):  # of task 3: it may be wrong, or not there yet
        asked = solution.next_runs(records.instance, NAME, BEFORE, NEXT, 9)
        had = {one.partition_key: one.run_key for one in asked if one.run_key}
    for day in (NEXT, DAY, BEFORE):
        run(day, {"backfill": NAME} | ({RUN_KEY: had[day]} if day in had else {}))
    happened = f"The runs of {NEXT}, {DAY} and {BEFORE} were made; that of {DAY} failed."
    names_failed(solution, records, [DAY], happened)
    keys: list[Any] = []
    for end in ("has failed once more", "has come through"):
        broken = {DAY} if end == "has failed once more" else set()
        if not broken:
            of_day = dg.RunsFilter(tags={"backfill": NAME, PARTITION: DAY})
            records.instance.delete_run(records.instance.get_runs(of_day)[-1].run_id)
            happened += " Somebody removed that day's first run."
        requests = solution.run_again(records.instance, NAME, 1)
        keys += [one.run_key for one in requests]
        for one in requests:
            run(one.partition_key or one.tags[PARTITION], {**one.tags, RUN_KEY: one.run_key})
        happened += f" What run_again asked for was run, and {end}."
        names_failed(solution, records, [DAY] if broken else [], happened)
    assert len({*keys, *had.values()} - {None}) == 2 + len(had), told(
        f"{happened} The run keys of the two: {keys}; before them, by next_runs: {had}.",
        "Expected: two that none of the day's runs has had.",
        "In production: of one sensor Dagster makes one run for a key, ever. The day is asked for"
        " again at each tick, and nothing happens.",
    )
    assert made == [NEXT, DAY, BEFORE, DAY, DAY]


def test_last_run_of_a_day_decides(solution: Any, records: Records, rng: random.Random) -> None:
    bad, good, waits = (Status.FAILURE, Status.CANCELED), Status.SUCCESS, Status.QUEUED
    histories = [
        (rng.choice(bad), good),  # made since
        (good, bad[0]),  # failed since
        (bad[1],),
        (bad[0], waits),  # under way again
        (bad[0], Status.STARTED),
        (bad[0], Status.CANCELING),
        (good, good),
        (bad[0], good, bad[1]),
        (bad[0],),
    ]
    days = [later(LAST, -number) for number in rng.sample(range(80), len(histories))]
    for name in (NAME + "2", NAME[:-1], None):
        records.add(days[0], Status.FAILURE, name)
        records.add("2026-01-03", Status.FAILURE, name)
    records.add("", bad[0])
    for turn in range(3):
        if turn == 1:
            late = records.add("2026-01-02", Status.STARTED)
            records.add("2026-01-02", good)
        order = rng.sample(range(len(days)), len(days))
        for number in order:
            if turn < len(histories[number]):
                records.add(days[number], histories[number][turn])
    for name in (NAME + "2", None):
        records.add(days[8], Status.SUCCESS, name)
    records.end(late, bad[0])
    told_of = {
        day: ", ".join(one.value for one in history)
        for day, history in zip(days, histories, strict=True)
    }
    expected = sorted((days[number] for number in (1, 2, 7, 8)), reverse=True)
    happened = (
        f"The runs of each day, in their order: {told_of}. Runs of others have failed, too, and"
        " one without a partition. Of 2026-01-02 the first run ended last, as FAILURE; the one that"
        " was begun last: SUCCESS."
    )
    names_failed(solution, records, expected, happened)


def test_failed_days_are_made_again_a_few_at_a_time(solution: Any, records: Records) -> None:
    days = [later(LAST, -number) for number in range(9)]
    failed = [records.add(day, Status.FAILURE) for day in days[3:]]
    running = [records.add(days[0], Status.STARTED) for _ in range(2)]
    records.add(days[2], Status.FAILURE, "another")
    first = again(solution, records, 5)
    twice = again(solution, records, 5)
    seen = [again(solution, records, at_most)[0] for at_most in (2, 1)]
    call = (
        f"Two runs of {NAME!r} are under way, both of {days[0]}; {len(days[3:])} days have failed."
        " run_again"
    )
    assert (first[0], seen) == (days[3:6], [[], []]), told(
        f"{call}(..., 5) asked for {first[0]}, then with 2 and 1 for {seen}.",
        f"Expected: {days[3:6]}, then nothing: what is under way counts.",
        "In production: sixty days failed because the store was locked, and all sixty are started"
        " again at once.",
    )
    assert first == twice, told(
        f"{call}(..., 5), twice: run keys {first[1]}, then {twice[1]}.",
        "Expected: the same, as long as none of these days has another run.",
        "In production: a tick that is evaluated twice makes each failed day twice.",
    )
    records.end(running[0], Status.SUCCESS)
    runs = [
        records.add(day, Status.STARTED, run_key=key)
        for day, key in zip(days[3:5], first[1], strict=False)
    ]
    records.end(runs[0], Status.CANCELED)
    third = again(solution, records, 4)
    assert third[0] == [days[3], days[5]] and third[1][0] not in first[1], told(
        f"{days[3]} was started again and cancelled, {days[4]} is under way again, one other run as"
        f" well. run_again(..., 4) asked for {third[0]} with the keys {third[1]}; before, the"
        f" keys were {first[1]}.",
        f"Expected: {[days[3], days[5]]}, and for {days[3]} a key that it has not had.",
        "In production: of one sensor Dagster makes one run for a key, ever.",
    )
    records.add(days[3], Status.FAILURE, run_key=third[1][0])
    records.add(days[3], Status.FAILURE, again_of=failed[0])
    fourth = again(solution, records, 4)
    had = {*first[1], *third[1]}
    assert fourth[0] == [days[3], days[5]] and fourth[1][0] not in had, told(
        f"{days[3]} failed again, and once more when somebody made its first run again in"
        f" Dagster's page. run_again(..., 4) asked for {fourth[0]} with the keys {fourth[1]};"
        f" before, the keys were {sorted(map(str, had))}.",
        f"Expected: {[days[3], days[5]]}, and for {days[3]} a key that it has not had.",
        "In production: of one sensor Dagster makes one run for a key, ever. This day is never"
        " made.",
    )


# Task 5: the champion


@pytest.fixture
def model(solution: Any, store: Any, run: Run, rng: random.Random) -> "Model":
    """Have no model yet."""
    return Model(solution, store, run, rng)


class Model:
    """Makes models of days, each of features of its own, and knows which there are to be."""

    def __init__(self, solution: Any, store: Any, run: Run, rng: random.Random) -> None:
        self.solution, self.store, self.run, self.rng = solution, store, run, rng
        self.said: list[str] = []

    def have(self, day: str) -> None:
        """Have the first version made of a day, and be the champion."""
        with contextlib.closing(self.store.connect()) as connection, connection:
            connection.execute("INSERT INTO models VALUES (1, ?, 2.5)", (day,))
            connection.execute("INSERT INTO champion VALUES (1, 1, ?)", (day,))
        self.said.append(f"Version 1, of {day}, was the champion.")

    def go_back(self) -> None:
        """Have somebody make the first version the champion again, by hand."""
        with contextlib.closing(self.store.connect()) as connection, connection:
            first = "SELECT 1, version, day FROM models ORDER BY version LIMIT 1"
            connection.execute(f"INSERT OR REPLACE INTO champion {first}")
        self.said.append("Somebody made version 1 the champion again, by hand.")

    def make(self, day: str, customers: int = 3, store: Any = None) -> tuple[Night, float]:
        """Make features and model of a day in one run; return it, and the weight there is to be."""
        asset = asset_of(self.solution, "churn_model")
        seconds = [self.rng.randint(1, 4000) * (number > 0) for number in range(customers)]

        @dg.asset(partitions_def=self.solution.days)
        def daily_features() -> None:
            rows = [(day, number, 1, one) for number, one in enumerate(seconds)]
            with contextlib.closing(self.store.connect()) as connection, connection:
                connection.execute("DELETE FROM features WHERE day = ?", (day,))
                connection.executemany("INSERT INTO features VALUES (?, ?, ?, ?)", rows)

        night = self.run(day, store or self.store, daily_features, asset)
        self.said.append(f"{night.call} {night.ending}")
        return night, sum(seconds) / customers if customers else 0.0

    def seen(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Read the champion, and all models."""
        with contextlib.closing(self.store.connect()) as connection:
            return (
                connection.execute("SELECT version, day FROM champion").fetchall(),
                connection.execute("SELECT * FROM models ORDER BY version").fetchall(),
            )


def test_old_day_does_not_take_the_champions_place(model: Model) -> None:
    versions: list[tuple[Any, ...]] = []
    champion = 0
    # Later days of the month are no newer days, and made later is not newer.
    for day, becomes in (
        ("2026-02-27", True),
        ("2026-03-05", True),
        ("2026-02-28", False),
        ("2026-03-05", True),  # again: its features were wrong
        ("2026-01-31", False),
        ("2026-03-01", True),  # after somebody has gone back to 27 February
    ):
        if day == "2026-03-01":
            model.go_back()
        night, weight = model.make(day)
        versions.append((len(versions) + 1, day, weight))
        champion = len(versions) if becomes else champion
        found, models = model.seen()
        assert models == [(number, day, pytest.approx(one)) for number, day, one in versions], told(
            *model.said,
            f"The models are {models} (version, day, weight).",
            f"Expected: {versions}, one version more a run, trained on the features of its own day"
            " that were made in this run.",
            "In production: a model of which nobody knows which day it has learnt from; or that was"
            " trained before the features were made again, on the wrong ones.",
        )
        expected = [(champion, versions[champion - 1][1])]
        assert found == expected, told(
            *model.said,
            f"The champion (version, day) is {found}. Expected: {expected}.",
            "In production: the backfill ends with January, and January's model calls tomorrow's"
            " customers. The newest version is not the model of the newest day; and the newest"
            " day's own model, made of wrong features, must not stay. Where somebody has gone back"
            " to an older champion, it is this one that a day must not be older than.",
        )
        metadata = {"version": len(versions), "champion": becomes}
        assert night.metadata == night.metadata | metadata, told(
            *model.said,
            f"Expected of the last one: {metadata}.",
            "In production: who looks at the day sees whether its model is in use.",
        )


@pytest.mark.parametrize(
    ("day", "other", "becomes"), [(DAY, NEXT, False), (NEXT, DAY, True), (DAY, DAY, True)]
)
def test_two_runs_at_once_leave_the_newer_day(
    model: Model, day: str, other: str, becomes: bool
) -> None:
    model.have(BEFORE)
    statements = [
        ("INSERT INTO models (day, weight) VALUES (?, ?)", [(other, 0.5)]),
        ("UPDATE champion SET version = 2, day = ?", [(other,)]),
    ]
    with overtaken(model.solution.Store, *statements) as kind:
        night, weight = model.make(day, store=kind(path=model.store.path))
    found, models = model.seen()
    expected = [(3, day) if becomes else (2, other)]
    right = [(2, other, 0.5), (3, day, pytest.approx(weight))]
    assert night.success and found == expected and models[1:] == right, told(
        *model.said,
        f"Just as the run of {day} began its transaction, another run made the model of {other},"
        " version 2, the champion; and one more was about to write as this one was. Afterwards the"
        f" champion (version, day) is {found}, the models are {models}.",
        f"Expected: {expected}, and the versions 1, 2 and 3. Who reads in a transaction and then"
        " writes is refused, without waiting, if another run is about to write too.",
        "In production: five days are made at a time. What was looked up before the transaction is"
        " wrong in it, and the champion is whichever ended last. Compare and move in one step.",
    )


def test_model_that_fails_leaves_the_champion(model: Model) -> None:
    model.have(DAY)
    before = model.seen()
    refuse = "BEFORE {} ON champion BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    for happened, customers, statements in (
        (f"Nobody called on {NEXT}: there is nobody to learn from.", 0, []),
        (
            "The disk was full as the champion was moved.",
            3,
            [f"CREATE TRIGGER {one}_ {refuse.format(one)}" for one in ("INSERT", "UPDATE")],
        ),
    ):
        with contextlib.closing(model.store.connect()) as connection:
            for one in statements:
                connection.execute(one)
        night, _ = model.make(NEXT, customers)
        found = model.seen()
        assert not night.success and found == before, told(
            *model.said,
            f"{happened} Champion and models are {found}.",
            f"Expected: a run that fails, and {before}, as before.",
            "In production: a version that no run stands for, or no champion at all, because a day"
            " of last winter could not be made. Version and champion are one transaction.",
        )
