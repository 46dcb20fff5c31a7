"""What Dagster would do at a moment, with a cursor, and with what is stale: asked, not awaited."""

import contextlib
import datetime
import importlib.util
import json
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._check import CheckError
from dagster._core.events import DagsterEvent, StepFailureData
from dagster._utils.schedules import schedule_execution_time_iterator

PARIS = ZoneInfo("Europe/Paris")
UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)
SCORES = dg.AssetKey("daily_scores")
# Each with the other's CRC-32, Adler-32, whatever stands before and behind.
SAME_CHECKSUM = (("plumless", "buckeroo"), ("manual__120", "manual__201"))
SHORTEST_KEY = 11  # of 64 bits, in base64
ASSETS = ["customers", "features", "churn_model"]


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def is_a(kind: type, name: str, one: Any) -> Any:
    """Check what the solution defines under a name."""
    assert isinstance(one, kind), no_definition(name, one, kind)
    return one


def no_definition(name: str, one: Any, kind: type) -> str:
    """Say that something is nothing that Dagster knows."""
    return told(
        f"{name} is a {type(one).__name__}. Expected: a {kind.__name__} of Dagster's.",
        "In production: Dagster's daemon evaluates schedules and sensors that it is told of. A"
        " plain function is called by nobody.",
    )


def runs_at_once(name: str, one: Any) -> None:
    """Check that it is switched on by being deployed."""
    status = one.default_status.value
    assert status == "RUNNING", told(
        f"{name} is deployed as {status}. Expected: RUNNING.",
        "In production: everything is deployed, all is green, and nothing ever runs: the switch on"
        " the page stands at off, as it does by default.",
    )


def runs_the_job(name: str, seen: str | None, expected: str) -> None:
    """Check which job is asked for."""
    assert seen == expected, told(
        f"{name} asks for runs of the job {seen!r}. Expected: {expected!r}.",
        "In production: another job runs, with what was meant for this one.",
    )


# Task 1: at its hour


class Deployed(NamedTuple):
    """The schedule as Dagster deploys it, and the repository that has it."""

    schedule: Any
    repository: Any

    def tick(self, moment: datetime.datetime, instance: Any) -> list[Any]:
        """Evaluate the schedule's tick of a moment, much later; return what it asks for."""
        context = dg.build_schedule_context(instance, moment, repository_def=self.repository)
        try:
            return list(self.schedule.evaluate_tick(context).run_requests or [])
        except dg.DagsterUnknownPartitionError as error:
            pytest.fail(
                told(
                    f"The tick of {moment:%Y-%m-%d %H:%M %Z} asks for a day that had not ended"
                    f" then: {str(error).partition(' Partition')[0][:160]}",
                    "Expected: the day that had ended in Paris at the scheduled moment.",
                    "In production: Dagster refuses the run. Whoever asks the clock for the day"
                    " asks for the wrong one whenever a tick is late.",
                )
            )


def deployed(solution: Any) -> Deployed:
    """Deploy the schedule."""
    defs = None
    with contextlib.suppress(CheckError):
        defs = dg.Definitions(
            assets=[solution.daily_scores],
            jobs=[solution.scoring, solution.import_export],
            schedules=[solution.nightly],
        )
    assert defs is not None, no_definition("nightly", solution.nightly, dg.ScheduleDefinition)
    repository = defs.get_repository_def()
    found = Deployed(repository.schedule_defs[0], repository)
    runs_the_job("nightly", found.schedule.job_name, "scoring")
    return found


def shown(moment: datetime.datetime) -> str:
    """Write a moment as people in Paris would, with the distance to UTC."""
    return f"{moment.astimezone(PARIS):%Y-%m-%d %H:%M %z}"


@pytest.fixture
def move_to(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Have what takes a time zone's name, and makes it the machine's."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def years_later(move_to: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Dagster's daemon live in 2030, on a machine whose clock is that of Los Angeles."""
    now = datetime.datetime(2030, 1, 1, tzinfo=UTC)
    monkeypatch.setattr("dagster._time._mockable_get_current_datetime", lambda: now)
    monkeypatch.setattr("dagster._time._mockable_get_current_timestamp", now.timestamp)
    move_to("America/Los_Angeles")


def test_ticks_are_at_three_in_paris(solution: Any) -> None:
    nightly = deployed(solution).schedule
    runs_at_once("nightly", nightly)
    eve = datetime.datetime(2026, 3, 1, 12, tzinfo=UTC)
    ticks = schedule_execution_time_iterator(
        eve.timestamp(), nightly.cron_schedule, nightly.execution_timezone
    )
    nights = [(eve + n * DAY).date() for n in range(1, 401)]
    expected = [datetime.datetime(*night.timetuple()[:3], 3, tzinfo=PARIS) for night in nights]
    for last, due in zip([eve, *expected], expected, strict=False):
        seen = next(ticks)
        assert seen.timestamp() == due.timestamp(), told(
            f"The next tick after {shown(last)} is at {shown(seen)}, in Paris.",
            f"Expected: {shown(due)}, as in all nights.",
            "In production: without a time zone the schedule is in UTC. In summer it runs two hours"
            " late, and the campaign at 8:00 has yesterday's scores.",
        )


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-02T02:00", "2026-01-01"),  # the first one
        ("2026-03-29T01:00", "2026-03-28"),
        ("2026-03-30T01:00", "2026-03-29"),  # a day of 23 hours
        ("2026-10-25T02:00", "2026-10-24"),
        ("2026-10-26T02:00", "2026-10-25"),  # a day of 25 hours
        ("2027-01-01T02:00", "2026-12-31"),
        ("2027-01-02T02:00", "2027-01-01"),  # a Friday, of the last ISO week of 2026
        ("2028-03-01T02:00", "2028-02-29"),
    ],
)
@pytest.mark.usefixtures("years_later")
def test_day_follows_from_the_scheduled_moment(
    solution: Any, laws: Any, dagster_instance: Any, moment: str, day: str
) -> None:
    scheduled = datetime.datetime.fromisoformat(moment).replace(tzinfo=UTC)
    # Twice: the daemon was killed in between, and another process evaluates the tick again.
    requests = [
        one
        for process in (solution, laws.load_elsewhere())
        for one in deployed(process).tick(scheduled, dagster_instance)
    ]
    seen = [one.partition_key for one in requests]
    call = f"The tick of {moment} UTC, evaluated twice, much later, in Los Angeles:"
    assert seen == [day, day], told(
        f"{call} it asks for the partitions {seen}.",
        f"Expected: {day}, both times: the day that had ended in Paris at the scheduled moment.",
        "In production: the daemon was down until 9:00, or makes up for a week of missed ticks."
        " Whoever asks the clock scores the same day seven times.",
    )
    keys = {one.run_key for one in requests}
    assert len(keys) == 1 and None not in keys, told(
        f"{call} its run keys are {sorted(map(str, keys))}.",
        "Expected: one and the same, not None.",
        "In production: without a run key a tick that is evaluated again is one more run. So is"
        " one whose key another process makes otherwise.",
    )
    fewer = [one for one in requests if one.stale_assets_only or one.asset_selection]
    selected = {key for one in fewer for key in one.asset_selection or []}
    assert not any(one.stale_assets_only for one in fewer) and selected <= {SCORES}, told(
        f"{call} it asks for {fewer[0] if fewer else None}.",
        "Expected: a run of all that the job makes, whatever Dagster takes for stale.",
        "In production: `stale_assets_only` does not look at the day. Once there are scores nothing"
        " is stale, no run is launched, and every tick is green.",
    )


@pytest.mark.usefixtures("years_later")
def test_next_night_is_another_run(solution: Any, dagster_instance: Any) -> None:
    first = datetime.datetime(2026, 3, 5, 3, tzinfo=PARIS)
    nightly = deployed(solution)
    keys: dict[str, datetime.datetime] = {}
    for later in (0, 1, 7, 28, 31, 365, 371):  # the same hour, day of the week, of the month ...
        night = first + later * DAY
        for one in nightly.tick(night, dagster_instance):
            before = keys.setdefault(str(one.run_key), night)
            assert before == night, told(
                f"The nights of {before:%Y-%m-%d} and {night:%Y-%m-%d} have the run key"
                f" {one.run_key!r}. Expected: two different ones.",
                "In production: the second run is 'already made', and so is every run after it.",
            )


# Task 2: on arrival


class Watch:
    """Ticks of the sensor, each with the cursor that the one before has left."""

    def __init__(self, solution: Any, folder: Path, instance: Any) -> None:
        self.solution, self.folder, self.instance = solution, folder, instance
        self.cursor: str | None = None
        self.keys: set[str] = set()
        self.says: str | None = None
        self.asks: list[str | None] = []
        self.late: list[tuple[str, int]] = []  # arrive as soon as the inbox was read

    @property
    def sensor(self) -> Any:
        """Return the sensor of the solution."""
        return is_a(dg.SensorDefinition, "exports_arrived", self.solution.exports_arrived)

    def arrive(self, name: str, at: int, nanoseconds: int = 0) -> None:
        """Have a file modified at a second, and some nanoseconds."""
        moment = at * 10**9 + nanoseconds
        (self.folder / name).write_text("customer_id\n", encoding="utf-8")
        os.utime(self.folder / name, ns=(moment, moment))

    def busy(self) -> Any:
        """Make the inbox one in which files arrive while the sensor is at work."""
        watch = self

        class BusyInbox(self.solution.Inbox):
            def files(self) -> list[tuple[int, str]]:
                found = super().files()
                while watch.late:
                    watch.arrive(*watch.late.pop())
                return found

        return BusyInbox(folder=str(self.folder))

    def evaluate(self) -> Any:
        """Evaluate once, and keep nothing of it."""
        inbox = self.busy() if self.late else self.solution.Inbox(folder=str(self.folder))
        context = dg.build_sensor_context(
            self.instance, cursor=self.cursor, resources={"inbox": inbox}
        )
        return self.sensor.evaluate_tick(context)

    def tick(self) -> list[str]:
        """Evaluate once; return the exports of the runs that Dagster would make, keys obeyed."""
        found = self.evaluate()
        self.cursor = found.cursor if found.cursor is not None else self.cursor
        self.says = found.skip_message
        self.asks = [one.run_key for one in found.run_requests or []]
        new = []
        for one in found.run_requests or []:
            jobs = [target.job_name for target in self.sensor.targets]
            runs_the_job("exports_arrived", one.job_name or next(iter(jobs), None), "import_export")
            if one.run_key is None or one.run_key not in self.keys:
                new.append(one.tags.get("export", "?"))
            self.keys |= {one.run_key} - {None}
        return new


@pytest.fixture
def inbox(solution: Any, tmp_path: Path, dagster_instance: Any) -> Watch:
    """Start to watch an empty inbox."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    return Watch(solution, folder, dagster_instance)


def asked(seen: list[str], expected: list[str], after: str, why: str) -> None:
    """Check which exports a tick asks to import."""
    assert seen == expected, told(
        f"{after} The tick asks to import {seen}. Expected: {expected}.",
        f"In production: {why}",
    )


def is_quiet(inbox: Watch, after: str) -> None:
    """Check that a tick finds nothing, says so, and leaves the cursor where it is."""
    before = inbox.cursor
    asked(inbox.tick(), [], after, "an import every 30 seconds, for ever.")
    assert inbox.says, told(
        f"{after} The cursor is {before!r}. The tick does not skip, it asks for runs with the keys"
        f" {inbox.asks[:3]}. Expected: SkipReason, with a reason, and no request.",
        "In production: 'skipped, no new export' every 30 seconds, or a page that looks broken.",
    )
    assert int(inbox.cursor or 0) == int(before or 0), told(
        f"{after} The cursor was {before!r}, and is {inbox.cursor!r}.",
        "Expected: as it was.",
        "In production: after a quiet night all that was ever seen is asked for again.",
    )


def test_each_arrival_is_imported_once(inbox: Watch) -> None:
    runs_at_once("exports_arrived", inbox.sensor)
    is_quiet(inbox, "The inbox is empty.")
    inbox.arrive("d.csv.part", 20)
    inbox.arrive("mycsv", 21)
    is_quiet(inbox, "d.csv.part and mycsv are no exports.")
    inbox.arrive("b.csv", 10)
    inbox.arrive("c.csv", 5)
    why = "an export that is being written is imported by half; or the newest before the oldest."
    asked(inbox.tick(), ["c.csv", "b.csv"], "b.csv, then c.csv (older), and d.csv.part.", why)
    is_quiet(inbox, "Nothing has arrived since.")
    (inbox.folder / "d.csv.part").rename(inbox.folder / "d.csv")
    inbox.arrive("a.csv", 30)
    why = "a name is no date: a.csv came last. The cursor is of when, not of what."
    asked(inbox.tick(), ["d.csv", "a.csv"], "d.csv.part is now d.csv; a.csv arrives.", why)
    for name in ("a.csv", "d.csv"):
        (inbox.folder / name).unlink()
    is_quiet(inbox, "The newest two were moved to the archive.")
    inbox.arrive("e.csv", 40)
    inbox.late = [("f.csv", 50)]
    seen = [*inbox.tick(), *inbox.tick()]
    after = (
        "e.csv arrives; f.csv arrives when a tick has read the inbox; the next tick is asked, too."
    )
    why = "what arrives between two readings of the inbox is behind the cursor, and never imported."
    asked(seen, ["e.csv", "f.csv"], after, why)


def test_exports_of_any_name_and_moment_arrive(inbox: Watch, draw: Any) -> None:
    # No capitals: on some systems they are the same file. No dots: what such a name ends in is
    # another question.
    names = draw.names(signs=r"[^/\0.]", tame=["the same in capitals"]).values()
    exports = [f"{name}.csv" for name in names]
    now = 1_767_225_600
    for nanoseconds, name in enumerate(exports):
        inbox.arrive(name, now, nanoseconds)
    why = "one export is left out, once a year; and nobody misses it before the numbers are wrong."
    seen = inbox.tick()
    lost = ascii([name for name in exports if name not in seen])
    after = f"Exports of all names, each a nanosecond after the one before; not asked for: {lost}."
    asked(seen, exports, after, why)
    keys = inbox.asks
    is_quiet(inbox, "Nothing has arrived since, not even within the same microsecond.")
    for name in exports[:2]:
        inbox.arrive(name, now, len(exports))
    after = "Two of them were corrected at one moment, a nanosecond after the last one."
    asked(sorted(inbox.tick()), sorted(exports[:2]), after, why)
    pairs = [f"{name}.csv" for pair in SAME_CHECKSUM for name in pair]
    for name in pairs:
        inbox.arrive(name, now, len(exports) + 1)
    short = "a key holds for ever: the second export that has the same one is never imported."
    after = f"{pairs} arrived at one moment: in pairs they have one checksum of 32 bits."
    asked(sorted(inbox.tick()), sorted(pairs), after, short)
    first, last = min(map(str, keys)), max(map(str, keys))
    alike = [one == other for one, other in zip(first, last, strict=False)]
    room = max(len(str(key)) for key in keys) - [*alike, False].index(False)
    assert room >= SHORTEST_KEY, told(
        f"The run keys of {len(keys)} exports differ in {room} characters only, such as"
        f" {str(keys[0])[:80]!r}.",
        f"Expected: the whole name and modification, or a digest of at least {SHORTEST_KEY}"
        " characters.",
        f"In production: of 80,000 exports two have one key of 8 hexadecimal digits; {short}",
    )


def test_correction_is_imported_again(inbox: Watch, move_to: Callable[[str], None]) -> None:
    move_to("Europe/Paris")
    half_past_two = int(datetime.datetime(2026, 10, 25, 2, 30, tzinfo=PARIS).timestamp())
    inbox.arrive("monday.csv", half_past_two)
    first = inbox.tick()
    inbox.arrive("monday.csv", half_past_two + 3600)
    again = inbox.tick()
    asked(
        first + again,
        ["monday.csv", "monday.csv"],
        "monday.csv arrives at 2:30 on the day on which the clocks go back, and is modified an hour"
        " later, when it is 2:30 again.",
        "the corrected export lies in the inbox, and the wrong one is in the table.",
    )


def test_lost_cursor_makes_no_run_twice(
    inbox: Watch, laws: Any, move_to: Callable[[str], None]
) -> None:
    move_to("Europe/Paris")
    inbox.arrive("monday.csv", 10)
    inbox.tick()
    keys = inbox.asks
    inbox.cursor = None
    inbox.solution = laws.load_elsewhere()
    move_to("America/Los_Angeles")
    why = "somebody resets the cursor on the page, and two years of exports are imported again."
    seen = inbox.tick()
    after = (
        "monday.csv was imported; then the daemon was started again, on a machine in another time"
        f" zone, and the cursor was lost. Run keys: {keys}, then {inbox.asks}."
    )
    asked(seen, [], after, why)


def test_repeated_tick_asks_the_same(inbox: Watch) -> None:
    inbox.arrive("monday.csv", 10)
    inbox.arrive("tuesday.csv", 20)
    keys = [[one.run_key for one in inbox.evaluate().run_requests or []] for _ in range(2)]
    assert keys[0] == keys[1], told(
        "Two exports arrived. The tick was evaluated, the daemon died before it had made the runs,"
        " and it evaluates the tick again.",
        f"Run keys: {keys[0]}, then {keys[1]}. Expected: the same twice.",
        "In production: what a sensor remembers by itself it remembers too early. The exports of"
        " that tick are never imported.",
    )


def test_cursor_does_not_grow(inbox: Watch) -> None:
    exports = [f"{number}.csv" for number in range(1050)]
    for number, name in enumerate(exports):
        inbox.arrive(name, 1000 + number)
    seen = inbox.tick()
    cursor, newest = inbox.cursor, str((1000 + len(exports) - 1) * 10**9)
    assert cursor == newest, told(
        f"After {len(exports)} exports the cursor is {str(cursor)[:80]!r}.",
        f"Expected: {newest!r}, when the newest of them was modified.",
        "In production: a list of all names ever seen is written to the database at each tick.",
    )
    assert seen == exports, told(
        f"{len(exports)} exports have arrived. The tick asks for {len(seen)} imports, and its"
        f" cursor is {cursor!r}: as if all had been imported. Expected: one run each, the oldest"
        " first.",
        "In production: the daemon was down for a week. What one tick leaves out behind the"
        " cursor is never imported.",
    )


# Task 3: what is stale


class Automation:
    """Dagster's automation over redeployments: each evaluation knows the one before."""

    def __init__(self, solution: Any, instance: Any) -> None:
        self.solution, self.instance = solution, instance
        self.cursor: Any = None

    def make(self, settings: dict, *names: str) -> None:
        """Materialise some of the assets; none means all."""
        assets = self.solution.make_definitions(settings).assets
        dg.materialize(assets, instance=self.instance, selection=list(names) or None)

    def fail(self, name: str) -> None:
        """Have a run fail that was to make an asset."""

        @dg.asset(name=name)
        def broken() -> None:
            raise MemoryError("these settings need more")

        dg.materialize([broken], instance=self.instance, raise_on_error=False)

    def wants(self, settings: dict, at: datetime.datetime | None = None) -> list[str]:
        """Deploy with these settings; return what the automation asks for, in lineage's order."""
        defs = self.solution.make_definitions(settings)
        found = dg.evaluate_automation_conditions(
            defs, self.instance, cursor=self.cursor, evaluation_time=at
        )
        self.cursor = found.cursor
        return [name for name in ASSETS if found.get_num_requested(dg.AssetKey(name))]


@pytest.fixture
def automation(solution: Any, dagster_instance: Any) -> Automation:
    """Start with nothing made."""
    return Automation(solution, dagster_instance)


def wanted(seen: list[str], expected: list[str], after: str, why: str) -> None:
    """Check what the automation asks for."""
    assert seen == expected, told(
        f"{after} The automation asks for {seen}. Expected: {expected}.", f"In production: {why}"
    )


def from_a_file(value: Any) -> Any:
    """Return an equal value as JSON brings it back, the keys of all its dicts in another order."""
    return json.loads(json.dumps(value), object_pairs_hook=lambda pairs: dict(reversed(pairs)))


def parts_of(condition: Any) -> Iterator[Any]:
    """Yield a condition and all that it is made of."""
    if condition is not None:
        yield condition
        for one in condition.children:
            yield from parts_of(one)


def test_three_assets_are_all_there_is(solution: Any) -> None:
    defs = solution.make_definitions({"blanks": "median"})
    graph = defs.resolve_asset_graph()
    seen = {
        one.to_user_string(): sorted(key.to_user_string() for key in graph.get(one).parent_keys)
        for one in graph.get_all_asset_keys()
    }
    expected = {"customers": [], "features": ["customers"], "churn_model": ["features"]}
    assert seen == expected, told(
        f"make_definitions: each asset, and what it is made of: {seen}. Expected: {expected}.",
        "In production: the lineage is what the automation goes by, and whoever looks for a cause.",
    )
    clocks = [
        f"{one.to_user_string()}: {node.cron_schedule!r}"
        for one in graph.get_all_asset_keys()
        for node in parts_of(graph.get(one).automation_condition)
        if hasattr(node, "cron_schedule")
    ]
    assert not clocks, told(
        f"make_definitions: conditions with an hour of the day: {clocks}.",
        "Expected: none. What is stale follows from what was made, and from the versions.",
        "In production: half an hour of features each night, because it is night.",
    )
    repository = defs.get_repository_def()
    others = [one.name for one in repository.schedule_defs] + [
        one.name
        for one in repository.sensor_defs
        if not isinstance(one, dg.AutomationConditionSensorDefinition)
    ]
    assert not others, told(
        f"make_definitions defines schedules or sensors, too: {others}.",
        "Expected: none. Dagster's automation asks for what is stale, and nobody for the rest.",
        "In production: half an hour of features each night, stale or not; or customers that"
        " nobody has imported.",
    )


def test_new_customers_make_the_rest_stale(automation: Automation) -> None:
    settings = {"blanks": "median", "scale": True}
    automation.make(settings)
    fresh = "half an hour of features an hour, for nothing."
    wanted(automation.wants(settings), [], "All three were made.", fresh)
    automation.make(settings, "customers")
    old = "the model that decides tonight has never seen this month's customers."
    stale = ["features", "churn_model"]
    wanted(automation.wants(settings), stale, "customers was made again.", old)
    automation.make(settings, *stale)
    wanted(automation.wants(settings), [], "features and churn_model were made too.", fresh)
    automation.make(settings, "features")
    old = "a colleague has made the features again, and the model is that of the old ones."
    wanted(automation.wants(settings), ["churn_model"], "features alone was made again.", old)
    automation.make(settings, "churn_model")
    wanted(automation.wants(settings), [], "churn_model was made too.", fresh)
    now = datetime.datetime.now(UTC)
    again = automation.wants(settings, now + 31 * DAY)
    wanted(again, [], "Since then nothing was made in 31 days.", fresh)
    automation.instance.wipe_assets([dg.AssetKey("customers")])
    for _ in range(2):
        imported = "customers" in automation.wants(settings, now + 32 * DAY)
        after = "The record of customers was wiped."
        why = "an import without an export: an empty table, and all customers are gone."
        wanted(["customers"] if imported else [], [], after, why)


def test_new_settings_make_features_stale(
    automation: Automation,
    laws: Any,
    dagster_during: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = {"blanks": "median", "scale": True}
    automation.make(settings)
    automation.wants(settings)
    why = "a version that is new at each deployment (a time, a random hash) makes all stale by it."
    automation.solution = laws.load_elsewhere()
    after = "The same settings were deployed again, in another process (where `hash` is another)."
    wanted(automation.wants(settings), [], after, why)
    automation.solution = checked_out_again(tmp_path, monkeypatch)
    after = "The same settings were deployed from another checkout, whose files have other times."
    wanted(automation.wants(settings), [], after, why)
    none: dict[str, Any] = {}
    why = "the code is new and the features are old: the model is trained on a mixture."
    stale = ["features", "churn_model"]
    wanted(automation.wants(none), stale, "No settings were deployed, {}.", why)
    automation.make(none, *stale)
    wanted(automation.wants(none), [], "features and churn_model were made with {}.", why)
    after = "The first settings were deployed again; features were made with {}."
    wanted(automation.wants(settings), stale, after, why)
    automation.wants(settings)  # a quiet tick: the run that it has asked for is on its way
    others, asked = {**settings, "scale": False}, []
    with dagster_during(
        automation.instance, "features", lambda: asked.extend(automation.wants(others))
    ):
        automation.make(settings, *stale)
    asked += automation.wants(others)
    after = "Other settings were deployed while the features of the old ones were being made."
    seen = ["features"] if "features" in asked else []
    why = "features take half an hour. A change that is seen meanwhile is seen once, and forgotten."
    wanted(seen, ["features"], f"{after} Two ticks, the second one afterwards.", why)
    automation.wants(others)
    automation.fail("features")
    mended = {**others, "blanks": "mean"}
    why = "the fault is mended, and nothing is made again until somebody presses the button."
    after = "features were to be made and failed. Then settings that mend it were deployed."
    wanted(automation.wants(mended), stale, after, why)
    automation.wants(mended)  # a quiet tick: that run is on its way, and fails
    automation.fail("features")
    automation.make(mended, "customers")
    wanted(automation.wants(mended), stale, f"{after} Then customers was made again.", why)


def checked_out_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Load a copy of the solution from another folder, with another time of modification."""
    path = Path(sys.modules["dojo_solution"].__file__ or "")
    copy = folder / "checkout" / path.name
    copy.parent.mkdir()
    shutil.copyfile(path, copy)
    os.utime(copy, (1_800_000_000, 1_800_000_000))
    spec = importlib.util.spec_from_file_location("dojo_solution", copy)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "dojo_solution", module)
    spec.loader.exec_module(module)
    return module


def test_any_other_setting_makes_features_stale(automation: Automation, draw: Any) -> None:
    settings = draw.settings()
    # Python takes 1, 1.0 and True for equal: whether such dicts are the same settings is not asked.
    changes = draw.other_settings(settings, tame=["True where 1 was", "1.0 where 1 was"])
    automation.make(settings)
    automation.wants(settings)
    again = automation.wants(from_a_file(settings))
    after = "The same settings were deployed again, read from JSON with the keys in another order."
    wanted(again, [], after, "all is made again each night.")
    why = "a column more, at the end of a long list, and the model never learns from it."
    before = automation.cursor
    for what, others in changes.items():
        automation.cursor = before  # nothing was made since: the first settings were the last
        seen = automation.wants(others)
        after = f"Other settings were deployed: {what}."
        wanted(seen, ["features", "churn_model"], after, why)


# Task 4: when it fails


NO_TABLE = "100% of {customers} have no table: %s, %(n)d"
REGIONS = [f"load_region_{number:02}" for number in range(25)]
WILL_BE_RETRIED = {"dagster/max_retries": "1", "dagster/will_retry": "true"}
IS_A_RETRY = {"dagster/max_retries": "1", "dagster/retry_number": "1"}


class Night:
    """Runs of some jobs, and the ticks of the sensor which hears of those that failed."""

    def __init__(self, solution: Any, instance: Any, folder: Path) -> None:
        self.solution, self.instance = solution, instance
        self.path = folder / "chat.txt"
        self.chat = solution.Chat(path=str(self.path))
        self.cursor: str | None = None
        self.error: Any = None
        self.log: list[str] = []

    def start(self) -> None:
        """Deploy the sensor; what has failed before is not its affair."""
        kind = dg.RunStatusSensorDefinition
        self.sensor = is_a(kind, "alert_on_failure", self.solution.alert_on_failure)
        runs_at_once("alert_on_failure", self.sensor)
        self.tick()

    def tick(self) -> list[str]:
        """Evaluate until nothing is left to tell; return what the chat was told meanwhile."""
        told_before, self.error, self.log = len(self.read()), None, []
        handler = logging.Handler()
        handler.emit = lambda record: self.log.append(record.getMessage())
        for _ in range(9):
            context = dg.build_sensor_context(
                self.instance, cursor=self.cursor, resources={"chat": self.chat}
            )
            context.log.addHandler(handler)
            try:
                found = self.sensor.evaluate_tick(context)
            except NotImplementedError:
                raise
            except Exception as error:  # of a sensor that yields; Dagster keeps that of others
                self.error = error
                break
            self.error = self.error or next(
                (one.error for one in found.dagster_run_reactions or [] if one.error), None
            )
            if found.cursor in (None, self.cursor):
                break
            self.cursor = found.cursor
        return self.read()[told_before:]

    def read(self) -> list[str]:
        """Read the chat."""
        return self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []

    def run(self, job: Any, **tags: str) -> str:
        """Run a job; return the run's id."""
        done = job.execute_in_process(instance=self.instance, tags=tags, raise_on_error=False)
        return done.run_id

    def end(self, job_name: str, report: str, text: str) -> str:
        """Have a run of one of the solution's jobs end outside of its steps; return its id."""
        defs = dg.Definitions(
            [self.solution.daily_scores], jobs=[self.solution.scoring, self.solution.import_export]
        )
        run = self.instance.create_run_for_job(defs.resolve_job_def(job_name))
        getattr(self.instance, report)(run, text)
        return run.run_id

    def evict(self) -> str:
        """Have the machine of an import's step be taken away: Dagster has no error of the step."""
        run = self.instance.create_run_for_job(self.solution.import_export)
        event = DagsterEvent(
            event_type_value="STEP_FAILURE",
            job_name=run.job_name,
            step_key="import_customers",
            event_specific_data=StepFailureData(error=None, user_failure_data=None),
        )
        self.instance.report_dagster_event(event, run.run_id)
        self.instance.report_run_failed(run)
        return run.run_id


@pytest.fixture
def night(solution: Any, dagster_instance: Any, tmp_path: Path) -> Night:
    """Have nothing run, and nothing deployed yet."""
    return Night(solution, dagster_instance, tmp_path)


@pytest.fixture
def nightly_import() -> Any:
    """Make a job in which many steps fail, two of them after a retry, and another succeeds."""
    tries: list[int] = []

    @dg.op
    def load_customers() -> int:
        try:
            raise KeyError("customers")
        except KeyError:
            # An error without a cause: what was handled meanwhile is none.
            raise dg.Failure(NO_TABLE + "\nand a second line")  # noqa: B904

    @dg.op
    def load_region() -> None:
        raise RuntimeError("no such region")

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
    def load_contracts() -> None:
        try:
            raise PermissionError("contracts: key revoked")
        except PermissionError as error:
            raise RuntimeError("cannot load") from error

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
    def load_tariffs() -> None:
        tries.append(1)
        if len(tries) % 2:
            raise TimeoutError("busy")

    @dg.op
    def join_tables(customers: int) -> None: ...

    @dg.graph
    def archive() -> None:
        load_contracts.alias("read")()  # for the same reason

    @dg.job
    def nightly_import() -> None:
        join_tables(load_customers())
        load_contracts()
        archive()
        load_tariffs()
        for name in REGIONS:
            load_region.alias(name)()

    return nightly_import


def test_failure_is_told_once_with_its_cause(night: Night, nightly_import: Any) -> None:
    night.start()
    run_id = night.run(nightly_import)
    lines = night.tick()
    text = lines[0] if lines else ""
    parts = ["nightly_import", run_id, "load_customers", NO_TABLE]
    parts += ["load_contracts", "archive.read", "contracts: key revoked", *REGIONS]
    missing = [part for part in parts if part not in text]
    assert len(lines) == 1 and not missing, told(
        f"A run failed in {3 + len(REGIONS)} steps. The chat was told {len(lines)} times:"
        f" {text[:400]!r}. The sensor raised {night.error and night.error.message.strip()!r}.",
        "Expected: one message that names the job, the run, and each step (its step key) with its"
        f" cause. Missing: {missing}.",
        "In production: 'Steps failed: [load_customers]' at 3:04 means getting up to read a page."
        " The step's own error is the innermost cause of what Dagster raises; dg.Failure has none,"
        " though it was raised while a KeyError was handled, and many steps may fail for the same"
        " reason: a message that is cut leaves out the last ones.",
    )
    noise = [word for word in ("Traceback", "Stack Trace", "a second line") if word in text]
    assert not noise and len(text) < 400 + 80 * len(REGIONS), told(
        f"The chat was told {len(text)} characters: {text[:300]!r}.",
        "Expected: of each error its first line, and no stack.",
        "In production: a stack of 200 lines, with whatever values were in it, in a room of 80.",
    )
    others = [step for step in ("load_tariffs", "join_tables") if step in text]
    assert not others, told(
        f"The chat was told of {others}: {text[:300]!r}.",
        "load_tariffs came through at its second try, and join_tables never ran. Expected: the"
        " steps that failed.",
        "In production: at 3:04 somebody looks for the fault where there is none.",
    )


def test_each_failed_run_is_told_of(night: Night) -> None:
    night.start()
    imports = night.solution.import_export
    night.run(imports, export="monday.csv")
    night.end("import_export", "report_run_canceled", "somebody has stopped it")
    failed = {
        night.end("scoring", "report_run_failed", "the machine is gone"): "scoring",
        night.run(imports, **WILL_BE_RETRIED): "import_export",
        night.run(imports, **IS_A_RETRY): "import_export",
        night.evict(): "import_export",
    }
    lines = night.tick()
    assert night.error is None and len(lines) == len(failed), told(
        f"Four runs failed: {', '.join(failed.values())}; the first one in no step, its machine"
        " is gone; the second one will be started again (tags"
        f" {WILL_BE_RETRIED}), the third one is such a try; of the fourth one the step has failed,"
        " and Dagster has no error of it (`error` is None). One was stopped, one succeeded. The"
        f" chat was told {len(lines)} times:"
        f" {str(lines)[:300]}. The sensor raised {night.error and night.error.message.strip()!r}.",
        "Expected: four messages, and nothing raised.",
        "In production: the failure that nobody had thought of is the one that nobody hears of.",
    )
    untold = {
        run_id: job
        for run_id, job in failed.items()
        if sum(run_id in line and job in line for line in lines) != 1
    }
    assert not untold, told(
        f"Four runs failed. Not in just one message, with job and id: {untold}.",
        f"The chat was told: {str(lines)[:400]}.",
        "In production: one failure is told twice, and another one is never told.",
    )
    evicted = next(line for line in lines if list(failed)[-1] in line)
    assert "import_customers" in evicted, told(
        f"The step import_customers failed, and Dagster has no error of it: {evicted[:300]!r}.",
        "Expected: its step key, in the message.",
        "In production: the pod of a step was evicted. Which one?",
    )
    again = night.tick()
    assert not again, told(
        f"Nothing has failed since. The chat was told: {str(again)[:300]}.",
        "Expected: nothing.",
        "In production: a chat that repeats itself is muted.",
    )


def test_chat_that_is_down_fails_nothing(night: Night) -> None:
    calls = []

    class DeadChat(night.solution.Chat):
        def send(self, text: str) -> None:
            calls.append(text)
            raise RuntimeError("the webhook was revoked")  # as a library's own: no OSError

    @dg.op
    def load_customers() -> None:
        raise dg.Failure(NO_TABLE)

    @dg.job
    def load() -> None:
        load_customers()

    def log_of_a_failure() -> list[str]:
        run_id = night.run(load)
        night.tick()
        return [line.replace(run_id, "") for line in night.log]

    night.start()
    healthy = log_of_a_failure()
    chat, night.chat = night.chat, DeadChat(path="nowhere")
    noted = log_of_a_failure()
    assert night.error is None and len(calls) == 1, told(
        f"The chat is down. It was called {len(calls)} times; the sensor raised"
        f" {night.error and night.error.to_string()[:200]!r}.",
        "Expected: called once, and nothing raised, whatever Exception `send` raises, and whatever"
        f" the step's error says ({NO_TABLE!r}: in a line of the log that is no format).",
        "In production: a sensor that raises is evaluated again, for the same failure, for ever,"
        " and the failures after it wait.",
    )
    assert set(noted) - set(healthy), told(
        f"The chat is down. The sensor wrote to its log what it always writes: {healthy}.",
        "Expected: a line in `context.log`, which the sensor's page shows.",
        "In production: the webhook was revoked in May. Nobody hears of a failure any more, and"
        " nothing says why.",
    )
    night.chat = chat
    told_before = len(night.read())
    log_of_a_failure()
    assert len(night.read()) == told_before + 1, told(
        "The chat is up again, and another run fails. The chat was told"
        f" {len(night.read()) - told_before} times. Expected: once.",
        "In production: one bad minute of the chat, and nobody hears of anything until somebody"
        " starts the daemon again.",
    )
