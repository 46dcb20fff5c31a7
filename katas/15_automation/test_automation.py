"""What Dagster would do at a moment, with a cursor, and with what is stale: asked, not awaited."""

import contextlib
import copy
import datetime
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._check import CheckError
from dagster._utils.schedules import schedule_execution_time_iterator

PARIS = ZoneInfo("Europe/Paris")
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


# Task 1: at its hour


def deployed(solution: Any) -> tuple[Any, Any]:
    """Return the schedule as Dagster deploys it, and the repository that has it."""
    defs = None
    with contextlib.suppress(CheckError):
        defs = dg.Definitions(
            assets=[solution.daily_scores], jobs=[solution.scoring], schedules=[solution.nightly]
        )
    assert defs is not None, no_definition("nightly", solution.nightly, dg.ScheduleDefinition)
    repository = defs.get_repository_def()
    return repository.schedule_defs[0], repository


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2026-03-28T12:00", ["2026-03-29T01:00", "2026-03-30T01:00"]),  # summer has begun
        ("2026-10-24T12:00", ["2026-10-25T02:00", "2026-10-26T02:00"]),  # summer has ended
    ],
)
def test_ticks_are_at_three_in_paris(solution: Any, since: str, expected: list[str]) -> None:
    nightly, _ = deployed(solution)
    runs_at_once("nightly", nightly)
    start = datetime.datetime.fromisoformat(since).replace(tzinfo=datetime.timezone.utc)
    ticks = schedule_execution_time_iterator(
        start.timestamp(), nightly.cron_schedule, nightly.execution_timezone
    )
    moments = [next(ticks).astimezone(datetime.timezone.utc) for _ in expected]
    seen = [moment.strftime("%Y-%m-%dT%H:%M") for moment in moments]
    assert seen == expected, told(
        f"The next ticks after {since} UTC, in UTC: {seen}.",
        f"Expected: {expected}, which is 3:00 in Paris.",
        "In production: without a time zone the schedule is in UTC. In summer it runs two hours"
        " late, and the campaign at 8:00 has yesterday's scores.",
    )


def tick_of(solution: Any, moment: datetime.datetime, instance: Any) -> list[Any]:
    """Evaluate the schedule's tick of a moment, much later; return what it asks for."""
    nightly, repository = deployed(solution)
    context = dg.build_schedule_context(instance, moment, repository_def=repository)
    try:
        return list(nightly.evaluate_tick(context).run_requests or [])
    except dg.DagsterUnknownPartitionError as error:
        pytest.fail(
            told(
                f"The tick of {moment:%Y-%m-%d %H:%M %Z} asks for a day that had not ended then:"
                f" {str(error).partition(' Partition')[0][:160]}",
                "Expected: the day that had ended in Paris at the scheduled moment.",
                "In production: Dagster refuses the run. Whoever asks the clock for the day asks"
                " for the wrong one whenever a tick is late.",
            )
        )


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-09T02:00", "2026-03-08"),
        ("2026-03-29T01:00", "2026-03-28"),
        ("2026-10-25T02:00", "2026-10-24"),  # a day of 25 hours
    ],
)
def test_day_follows_from_the_scheduled_moment(
    solution: Any, dagster_instance: Any, moment: str, day: str
) -> None:
    scheduled = datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.timezone.utc)
    # Twice: the daemon was killed in between, and evaluates the tick again.
    requests = [one for _ in range(2) for one in tick_of(solution, scheduled, dagster_instance)]
    seen = [one.partition_key for one in requests]
    call = f"The tick of {moment} UTC, evaluated twice, much later:"
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
        "In production: without a run key a tick that is evaluated again is one more run.",
    )


def test_next_night_is_another_run(solution: Any, dagster_instance: Any) -> None:
    nights = [datetime.datetime(2026, 3, night, 3, tzinfo=PARIS) for night in (5, 6)]
    keys = [one.run_key for night in nights for one in tick_of(solution, night, dagster_instance)]
    assert len(set(keys)) == 2, told(
        f"The run keys of two nights: {keys}. Expected: two different ones.",
        "In production: the second run is 'already made', and so is every run after it.",
    )


# Task 2: on arrival


class Watch:
    """Ticks of the sensor, each with the cursor that the one before has left."""

    def __init__(self, solution: Any, folder: Path, instance: Any) -> None:
        self.sensor = is_a(dg.SensorDefinition, "exports_arrived", solution.exports_arrived)
        self.folder, self.instance = folder, instance
        self.inbox = solution.Inbox(folder=str(folder))
        self.cursor: str | None = None
        self.keys: set[str] = set()
        self.says: str | None = None

    def arrive(self, name: str, at: int) -> None:
        """Have a file modified at a second."""
        (self.folder / name).write_text("customer_id\n", encoding="utf-8")
        os.utime(self.folder / name, ns=(at * 10**9, at * 10**9))

    def tick(self) -> list[str]:
        """Evaluate once; return the exports of the runs that Dagster would make, keys obeyed."""
        context = dg.build_sensor_context(
            self.instance, cursor=self.cursor, resources={"inbox": self.inbox}
        )
        found = self.sensor.evaluate_tick(context)
        self.cursor = found.cursor if found.cursor is not None else self.cursor
        self.says = found.skip_message
        new = []
        for one in found.run_requests or []:
            if one.run_key is None or one.run_key not in self.keys:
                new.append(one.tags.get("export", "?"))
            self.keys |= {one.run_key} - {None}
        return new


@pytest.fixture
def watch(solution: Any, tmp_path: Path, dagster_instance: Any) -> Callable[[], Watch]:
    """Start to watch an empty inbox."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    return lambda: Watch(solution, folder, dagster_instance)


def asked(seen: list[str], expected: list[str], after: str, why: str) -> None:
    """Check which exports a tick asks to import."""
    assert seen == expected, told(
        f"{after} The tick asks to import {seen}. Expected: {expected}.",
        f"In production: {why}",
    )


def test_each_arrival_is_imported_once(watch: Callable[[], Watch]) -> None:
    inbox = watch()
    runs_at_once("exports_arrived", inbox.sensor)
    inbox.arrive("b.csv", 10)
    inbox.arrive("c.csv", 5)
    inbox.arrive("d.csv.part", 20)
    why = "an export that is being written is imported by half; or the newest before the oldest."
    asked(inbox.tick(), ["c.csv", "b.csv"], "b.csv, then c.csv (older), and d.csv.part.", why)
    asked(inbox.tick(), [], "Nothing has arrived since.", "an import every 30 seconds, for ever.")
    assert inbox.says, told(
        "Nothing had arrived. The tick says nothing. Expected: SkipReason, with a reason.",
        "In production: 'skipped, no new export' every 30 seconds, or a page that looks broken.",
    )
    (inbox.folder / "d.csv.part").rename(inbox.folder / "d.csv")
    inbox.arrive("a.csv", 30)
    why = "a name is no date: a.csv came last. The cursor is of when, not of what."
    asked(inbox.tick(), ["d.csv", "a.csv"], "d.csv.part is now d.csv; a.csv arrives.", why)


def test_correction_is_imported_again(watch: Callable[[], Watch]) -> None:
    inbox = watch()
    inbox.arrive("monday.csv", 10)
    first = inbox.tick()
    inbox.arrive("monday.csv", 40)
    again = inbox.tick()
    asked(
        first + again,
        ["monday.csv", "monday.csv"],
        "monday.csv arrives, and is modified later.",
        "the corrected export lies in the inbox, and the wrong one is in the table.",
    )


def test_lost_cursor_makes_no_run_twice(watch: Callable[[], Watch]) -> None:
    inbox = watch()
    inbox.arrive("monday.csv", 10)
    inbox.tick()
    inbox.cursor = None
    why = "somebody resets the cursor on the page, and two years of exports are imported again."
    asked(inbox.tick(), [], "monday.csv was imported; then the cursor was lost.", why)


def test_cursor_does_not_grow(watch: Callable[[], Watch]) -> None:
    inbox = watch()
    for number in range(30):
        inbox.arrive(f"{number}.csv", 1000 + number)
    inbox.tick()
    cursor = inbox.cursor
    assert cursor == str(1029 * 10**9), told(
        f"After 30 exports the cursor is {str(cursor)[:80]!r}.",
        f"Expected: {str(1029 * 10**9)!r}, when the newest of them was modified.",
        "In production: a list of all names ever seen is written to the database at each tick.",
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

    def wants(self, settings: dict) -> list[str]:
        """Deploy with these settings; return what the automation asks for, in lineage's order."""
        defs = self.solution.make_definitions(settings)
        found = dg.evaluate_automation_conditions(defs, self.instance, cursor=self.cursor)
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


def test_new_settings_make_features_stale(automation: Automation) -> None:
    settings = {"blanks": "median", "scale": True}
    automation.make(settings)
    automation.wants(settings)
    same = dict(reversed(settings.items()))
    why = "a version that is new at each deployment (a time, a random hash) makes all stale by it."
    wanted(automation.wants(same), [], "The same settings were deployed again, reordered.", why)
    others = {**settings, "scale": False}
    why = "the code is new and the features are old: the model is trained on a mixture."
    stale = ["features", "churn_model"]
    wanted(automation.wants(others), stale, "Other settings were deployed.", why)
    automation.make(others, *stale)
    wanted(automation.wants(others), [], "features and churn_model were made with them.", why)


@pytest.mark.parametrize(
    "what",
    [
        "a change deep inside",
        "a change at the end of a long value",
        "a change of a number in its last digit",
    ],
)
def test_any_other_setting_makes_features_stale(
    automation: Automation, draw: Any, what: str
) -> None:
    settings = draw.settings()
    others = draw.other_settings(settings)[what]
    automation.make(settings)
    again = automation.wants(copy.deepcopy(settings))
    wanted(again, [], "The same settings were deployed again.", "all is made again each night.")
    why = "a column more, at the end of a long list, and the model never learns from it."
    after = f"Other settings were deployed: {what}."
    wanted(automation.wants(others), ["features", "churn_model"], after, why)


# Task 4: when it fails


NO_TABLE = "no such table: customers"


@pytest.fixture
def failed_run(dagster_instance: Any) -> Any:
    """Make a run in which two steps fail, one of them after a retry."""

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
    def load_customers() -> None:
        raise LookupError(NO_TABLE + "\nand a second line")

    @dg.op
    def load_contracts() -> None:
        raise PermissionError("contracts: key revoked")

    @dg.job
    def nightly_import() -> None:
        load_customers()
        load_contracts()

    return nightly_import.execute_in_process(instance=dagster_instance, raise_on_error=False)


@pytest.fixture
def alert(solution: Any, dagster_instance: Any, failed_run: Any) -> Callable[[Any], Any]:
    """Have the sensor of the solution hear of the failed run; give what it wrote to its log."""

    def alert(chat: Any) -> list[str]:
        sensor = is_a(dg.RunStatusSensorDefinition, "alert_on_failure", solution.alert_on_failure)
        runs_at_once("alert_on_failure", sensor)
        context = dg.build_run_status_sensor_context(
            sensor_name="alert_on_failure",
            dagster_event=failed_run.get_run_failure_event(),
            dagster_instance=dagster_instance,
            dagster_run=failed_run.dagster_run,
            resources={"chat": chat},
        ).for_run_failure()
        lines: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: lines.append(record.getMessage())
        context.log.addHandler(handler)
        said = sensor(context)
        if isinstance(said, Iterator):  # Dagster iterates too
            list(said)
        return lines

    return alert


def test_failure_is_told_once_with_its_cause(
    solution: Any, alert: Callable[[Any], Any], failed_run: Any, tmp_path: Path
) -> None:
    path = tmp_path / "chat.txt"
    alert(solution.Chat(path=str(path)))
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    text = lines[0] if lines else ""
    parts = ["nightly_import", failed_run.run_id, "load_customers", NO_TABLE]
    parts += ["load_contracts", "contracts: key revoked"]
    missing = [part for part in parts if part not in text]
    assert len(lines) == 1 and not missing, told(
        f"A run failed in two steps. The chat was told {len(lines)} times: {text[:300]!r}.",
        f"Expected: one message that names the job, the run and both causes. Missing: {missing}.",
        "In production: 'Steps failed: [load_customers]' at 3:04 means getting up to read a page."
        " The step's own error is the innermost cause of what Dagster raises.",
    )
    noise = [word for word in ("Traceback", "Stack Trace", "a second line") if word in text]
    assert not noise and len(text) < 400, told(
        f"The chat was told {len(text)} characters: {text[:300]!r}.",
        "Expected: of each error its first line, and no stack.",
        "In production: a stack of 200 lines, with whatever values were in it, in a room of 80.",
    )


def test_chat_that_is_down_fails_nothing(solution: Any, alert: Callable[[Any], Any]) -> None:
    calls = []

    class DeadChat(solution.Chat):
        def send(self, text: str) -> None:
            calls.append(text)
            raise ConnectionError("the chat is down")

    error, noted = None, []
    try:
        noted = alert(DeadChat(path="nowhere"))
    except (NotImplementedError, AssertionError):
        raise
    except Exception as caught:  # whatever it is, it should not be there
        error = caught
    assert error is None and len(calls) == 1, told(
        f"The chat is down. It was called {len(calls)} times; the sensor raised {error!r}.",
        "Expected: called once, and nothing raised.",
        "In production: a sensor that raises is evaluated again, for the same failure, for ever,"
        " and the failures after it wait.",
    )
    assert noted, told(
        "The chat is down. The sensor wrote nothing to its log.",
        "Expected: a line in `context.log`, which the sensor's page shows.",
        "In production: the webhook was revoked in May. Nobody hears of a failure any more, and"
        " nothing says why.",
    )
