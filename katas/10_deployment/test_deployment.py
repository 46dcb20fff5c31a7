"""When your deployments would run, as Prefect's own scheduler computes it, and what they say."""

import asyncio
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from importlib.machinery import PathFinder
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from pydantic import AfterValidator, Field

PARIS = ZoneInfo("Europe/Paris")
UTC = timezone.utc
CHANGES = {
    "spring_2026": date(2026, 3, 29),
    "autumn_2026": date(2026, 10, 25),
    "spring_2027": date(2027, 3, 28),
    "autumn_2027": date(2027, 10, 31),
}
STARTS = re.compile(r"/(automations|create_flow_run|flow_runs)/?$")
Depth = Annotated[int, Field(ge=1, le=30)]
# Not `Any` nor `Field`: Prefect itself looks these up in a module of its own first.
NAMESAKES = ("Flow", "Path", "date", "datetime")
Zone = Annotated[str, AfterValidator(lambda name: str(ZoneInfo(name)))]
each_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


@pytest.fixture(autouse=True)
def _in_kathmandu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let whoever deploys sit where no hour begins when one does in UTC: at +05:45."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Kathmandu")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def path(draw: Any) -> str:
    """Draw a path: at work it has spaces, quotes, accents and ways around."""
    names = draw.names()
    return f"./exports of {names['spaces']}/../{names['quotes']} {names['accents']}.csv"


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def in_paris(starts: list[datetime]) -> str:
    """Write starts as people in Paris would, with the distance to UTC."""
    return ", ".join(f"{one.astimezone(PARIS):%a %d %b %H:%M %z}" for one in starts) or "none"


class Described(NamedTuple):
    """A deployment, and the call that has described it."""

    call: str
    deployment: Any


Describe = Callable[..., Described]


def asked_nobody(call: str, asked: list[str]) -> None:
    """Check that a call had no need of a server."""
    assert not asked, told(
        f"{call} asked the server: {', '.join(dict.fromkeys(asked))}.",
        "Expected: nothing asked, nothing registered. All of it is known without a server.",
        "In production: what is only looked at, in a review or a test, is deployed by it; and"
        " without a server nothing can be looked at.",
    )


@pytest.fixture
def describe(solution: Any, prefect_requests: list[str]) -> Describe:
    """Have the solution describe a deployment, without a server."""

    def ask(name: str, path: Any, **more: Any) -> Described:
        call = called(name, path, **more)
        deployment = described(getattr(solution, name)(path, **more), call)
        asked_nobody(call, prefect_requests)
        return Described(call, deployment)

    return ask


def called(name: str, *given: Any, **more: Any) -> str:
    """Write a call."""
    named = [f"{key}={value!r}" for key, value in more.items()]
    return f"{name}({', '.join([*map(repr, given), *named])})"


def described(deployment: Any, call: str) -> Any:
    """Check that a call returned a deployment."""
    from prefect.deployments.runner import RunnerDeployment

    assert isinstance(deployment, RunnerDeployment), told(
        f"{call} returned {shorten(repr(deployment))}",
        "Expected: a deployment, such as `to_deployment` of a flow returns.",
        "In production: what is not described cannot be registered, and nothing runs tonight.",
    )
    return deployment


def scheduled(deployment: Any, first: datetime, last: datetime) -> list[datetime]:
    """Ask Prefect's scheduler for all starts from `first` to `last`, in UTC.

    Two schedules that are due at the same moment start two runs.
    """
    from prefect.server.schemas import schedules

    found = []
    for one in deployment.schedules or []:
        if one.active and not deployment.paused:
            twin = getattr(schedules, type(one.schedule).__name__)(**one.schedule.model_dump())
            for start in asyncio.run(twin.get_dates(start=first, end=last)):
                found.append(start.astimezone(UTC))
    return sorted(found)


def starts_exactly(call: str, deployment: Any, expected: list[datetime], production: str) -> None:
    """Check a deployment's starts from half an hour before the first to half an hour after."""
    half = timedelta(minutes=30)
    first, last = expected[0] - half, expected[-1] + half
    seen = scheduled(deployment, first, last)
    missing, extra = (
        sorted((Counter(some) - Counter(others)).elements())
        for some, others in ((expected, seen), (seen, expected))
    )
    zones = {getattr(one.schedule, "timezone", None) for one in deployment.schedules or []}
    assert not missing and not extra, told(
        f"{call}: from {in_paris([first])} to {in_paris([last])}, {len(seen)} starts are scheduled,"
        f" {len(expected)} expected.",
        f"Not wanted: {in_paris(extra[:3])}. Missing: {in_paris(missing[:3])}. (Paris time."
        f" Zones of the schedules: {', '.join(sorted(map(str, zones))) or 'no schedule'}.)",
        f"In production: {production}",
    )


def says(of: Described, what: str, seen: Any, expected: Any, production: str) -> None:
    """Check one thing that a deployment says."""
    call = of.call
    assert seen == expected, told(
        f"{call}: its {what}: {shorten(repr(seen))}. Expected: {expected!r}.",
        f"In production: {production}",
    )


def has_labels(of: Described, name: str, flow_name: str, tag: str) -> None:
    """Check a deployment's name, flow and tags."""
    deployment = of.deployment
    says(
        of,
        "full name",
        f"{deployment.flow_name}/{deployment.name}",
        f"{flow_name}/{name}",
        "runs are started, paused and found by this name. Under another one nobody finds it.",
    )
    says(
        of,
        "tags",
        sorted(deployment.tags),
        ["churn", tag],
        "every run inherits the tags. Without them the page of the churn runs is empty, and the"
        " alert that watches them stays silent.",
    )


def starts_by_its_schedule_only(of: Described) -> None:
    """Check that nothing but its schedule starts a deployment."""
    triggers = [getattr(one, "name", None) or type(one).__name__ for one in of.deployment.triggers]
    says(
        of,
        "triggers, which `serve` registers as automations",
        triggers,
        [],
        "a run that an event starts comes between two others, at any time. Where it lasts, the run"
        " of the hour is cancelled, or that of the night comes twice.",
    )


def parameters_of(deployment: Any) -> dict[str, Any]:
    """Return what a scheduled run is called with: a schedule's own parameters come first."""
    found = dict(deployment.parameters)
    for one in deployment.schedules or []:
        found.update(getattr(one, "parameters", None) or {})
    return found


def runs_with(of: Described, expected: dict[str, Any], production: str) -> None:
    """Check what the scheduled runs of a deployment are called with."""
    says(of, "runs' parameters", parameters_of(of.deployment), expected, production)


def limit_of(deployment: Any) -> tuple[int | None, str]:
    """Return how many runs may be active, and what becomes of one more."""
    options = deployment.concurrency_options
    strategy = getattr(options, "collision_strategy", None)
    on_server = getattr(deployment, "global_concurrency_limit", None)
    limit = on_server.limit if on_server else deployment.concurrency_limit
    return limit, getattr(strategy, "value", strategy) or "ENQUEUE"


def description_of(deployment: Any) -> dict[str, Any]:
    """Return what a deployment says, described or registered: what it is called with, and when."""
    spring = datetime(2026, 3, 28, tzinfo=UTC)
    starts = scheduled(deployment, spring, spring + timedelta(days=3))
    return {
        "pause": "paused" if deployment.paused else "not paused",
        "parameters": parameters_of(deployment),
        "tags": sorted(deployment.tags),
        "concurrency limit": limit_of(deployment),
        "starts around the change of the clocks in March": in_paris(starts),
    }


def describes_anew(describe: Describe, name: str, path: str) -> None:
    """Check that what a caller does to a deployment is not in the next one."""
    of = describe(name, path)
    one, before = of.deployment, description_of(of.deployment)
    one.paused, one.concurrency_limit, one.parameters = True, None, {}
    one.tags.append("dry-run")
    one.schedules.clear()
    after = description_of(describe(name, path).deployment)
    for what, expected in before.items():
        assert after[what] == expected, told(
            f"{of.call}, after a caller has paused and emptied the one that it was given; its"
            f" {what}: {shorten(repr(after[what]))}.",
            f"Expected, as before: {shorten(repr(expected))}.",
            "In production: somebody describes it for a dry run and takes its schedules away. What"
            " is kept for the next caller has none, and nothing runs tonight.",
        )


# Task 1: once a night, by the clock on the wall


FOR_EVER = "what ends by itself ends in a year when nobody remembers it, and nothing is red."


def starts_each_night(of: Described, first: date, count: int, production: str) -> None:
    """Check that the training starts at its hour in Paris, in each of some nights."""
    days = [first + timedelta(days=n) for n in range(count)]
    expected = [datetime(d.year, d.month, d.day, 3, 30, tzinfo=PARIS).astimezone(UTC) for d in days]
    starts_exactly(of.call, of.deployment, expected, production)


@each_change
def test_training_keeps_its_hour_when_clocks_change(
    describe: Describe, path: str, change: date
) -> None:
    starts_each_night(
        describe("training_deployment", path),
        change - timedelta(days=2),
        5,
        "the export of the day is ready at 3:15 in Paris, winter and summer. Too early, the model"
        " is trained on yesterday's customers; too late, it misses the morning's campaign; twice,"
        " two trainings write one model.",
    )


def test_training_runs_once_each_night(describe: Describe, path: str) -> None:
    of = describe("training_deployment", path)
    starts_each_night(of, date(2037, 6, 1), 3, FOR_EVER)
    starts_each_night(
        of,
        date(2027, 12, 1),  # and all of the next year, which has a 29 February
        397,
        "for most of the year everything looks right. The rest of it nobody looks.",
    )


def test_training_deployment_says_what_it_runs(describe: Describe, path: str) -> None:
    usual = {"path": path, "n_estimators": 300, "experiment_name": "nightly"}
    of = describe("training_deployment", path)
    has_labels(of, "nightly", "train-churn-model", "training")
    starts_by_its_schedule_only(of)
    runs_with(
        of,
        usual,
        "nobody is there at 3:30 to type a parameter. What the deployment does not say is the"
        " flow's default, or an error.",
    )
    says(
        of,
        "concurrency limit, and what becomes of a run too many",
        limit_of(of.deployment),
        (1, "ENQUEUE"),
        "the training started by hand at 3:00 is still running. Two at once register two models;"
        " one that is cancelled is a night without a model. It has to wait.",
    )
    for others in ({"n_estimators": 1}, {"n_estimators": 1000, "experiment_name": "of Łódź"}):
        runs_with(
            describe("training_deployment", path, **others),
            {**usual, **others},
            "it was asked for, and the nightly model is made with something else.",
        )
    again = describe("training_deployment", path)
    runs_with(
        again._replace(call=f"{again.call}, after others with parameters of their own"),
        usual,
        "who describes one deployment changes the next one.",
    )
    describes_anew(describe, "training_deployment", path)


# Task 2: every hour that passes


@each_change
def test_inference_leaves_no_hour_out(describe: Describe, path: str, change: date) -> None:
    of = describe("inference_deployment", path)
    midnight = datetime(change.year, change.month, change.day, tzinfo=PARIS).astimezone(UTC)
    starts_exactly(
        of.call,
        of.deployment,
        [midnight + timedelta(hours=n) for n in range(-2, 8)],
        "in October the hour from 2 to 3 passes twice. A schedule by the clock on the wall starts"
        " one run for both: for two hours the call centre works from old scores.",
    )


def test_inference_runs_on_the_hour(describe: Describe, path: str) -> None:
    of = describe("inference_deployment", path)
    december = datetime(2027, 12, 27, tzinfo=UTC)
    later = [datetime(2037, 6, 1, hour, tzinfo=UTC) for hour in range(3)]
    starts_exactly(
        f"{of.call}, on a machine in Kathmandu, at +05:45",
        of.deployment,
        [december + timedelta(hours=n) for n in range(8 * 24)],
        "the customers arrive on the hour. An interval counts from the moment of the deployment"
        " unless it is told another one, and an hour of the machine's zone may begin at a quarter"
        " past; a cron with its fields in the wrong order runs once a day,"
        " or every minute.",
    )
    starts_exactly(of.call, of.deployment, later, FOR_EVER)


def test_inference_deployment_says_what_it_runs(describe: Describe, path: str) -> None:
    of = describe("inference_deployment", path)
    has_labels(of, "hourly", "score-customers", "inference")
    starts_by_its_schedule_only(of)
    runs_with(
        of,
        {"path": path, "alias": "champion"},
        "a scheduled run has only the deployment's parameters and the flow's defaults.",
    )
    says(
        of,
        "concurrency limit, and what becomes of a run too many",
        limit_of(of.deployment),
        (1, "CANCEL_NEW"),
        "one slow hour, and the runs queue up behind it. At noon the scores of 9:00 are computed,"
        " at 13:00 those of 9:00 again: all day late, for customers who have changed since.",
    )
    describes_anew(describe, "inference_deployment", path)


# Task 3: when will it run next?


Next = Callable[..., None]


@pytest.fixture
def deploy() -> Callable[..., Any]:
    """Make a deployment of the test's own; all of them have one name."""
    from prefect import flow

    @flow
    def count_calls() -> None: ...

    return lambda **more: count_calls.to_deployment("test", **more)


def written(start: datetime) -> str:
    """Write a start with its distance to UTC; its second only if it is not a whole minute."""
    second = f":{start:%S.%f}" if start.second or start.microsecond else ""
    return f"{start:%Y-%m-%d %H:%M}{second} {start:%z}"


@pytest.fixture
def next_are(solution: Any, prefect_requests: list[str]) -> Next:
    """Check the next runs of a deployment, written with their distance to UTC."""

    def check(
        what: str,
        deployment: Any,
        after: datetime,
        expected: list[str],
        production: str,
        count: int | None = None,
    ) -> None:
        count = count or max(len(expected), 1)
        prefect_requests.clear()  # what the test itself has asked for
        found = solution.next_runs(deployment, after, count)
        call = f"next_runs(deployment, {after.isoformat()}, {count}), of {what},"
        asked_nobody(call, prefect_requests)
        is_list = isinstance(found, list) and all(isinstance(one, datetime) for one in found)
        assert is_list and all(one.tzinfo is not None for one in found), told(
            f"{call} returned {shorten(repr(found))}",
            "Expected: a list of aware datetimes.",
            "In production: a time without a zone means another moment to each who reads it.",
        )
        zones = {str(one.tzinfo) for one in found if "Europe/Paris" not in str(one.tzinfo)}
        assert not zones, told(
            f"{call} returned times in the zone {', '.join(sorted(zones))}.",
            "Expected: in Europe/Paris. A distance to UTC is no zone.",
            "In production: whoever asks for the same hour a day later, across a change of the"
            " clocks, is an hour off. It is the very night for which there is this list.",
        )
        seen = [written(one) for one in found]
        assert seen == expected, told(
            f"{call} returned {len(seen)}: {shorten(str(seen))}.",
            f"Expected {len(expected)}: {shorten(str(expected))}.",
            f"In production: {production}",
        )

    return check


def test_next_nights_are_in_paris_time(next_are: Next, deploy: Callable[..., Any]) -> None:
    from prefect.schedules import Cron

    nights = ["2027-03-27 06:00 +0100", "2027-03-28 06:00 +0200", "2027-03-29 06:00 +0200"]
    deployment = deploy(schedule=Cron("0 6 * * *", timezone="Europe/Paris"))
    start, instant = datetime(2027, 3, 26, 5, tzinfo=UTC), timedelta(microseconds=1)
    why = "the list is read by people in Paris. (A start at the very moment of `after` is past.)"
    next_are("a cron of 06:00 in Paris", deployment, start, nights, why)
    why = "a list that loses the run of this second, or repeats the one that has begun."
    for after in (start + instant, start + timedelta(seconds=1)):
        next_are("a cron of 06:00 in Paris", deployment, after, nights, why)
    for after in (start - instant, start - timedelta(seconds=0.5)):
        since = ["2027-03-26 06:00 +0100", *nights]
        next_are("a cron of 06:00 in Paris", deployment, after, since, why)
    next_are(
        "a cron of 06:00 in Montreal",
        deploy(schedule=Cron("0 6 * * *", timezone="America/Montreal")),
        datetime(2027, 3, 13, 21, tzinfo=ZoneInfo("Asia/Tokyo")),
        ["2027-03-14 11:00 +0100", "2027-03-15 11:00 +0100"],
        "a schedule has a zone of its own, which changes its clocks on another day.",
    )


def test_double_hour_is_listed_twice(next_are: Next, deploy: Callable[..., Any]) -> None:
    from prefect.schedules import Cron

    starts = [
        "2026-10-25 02:00 +0200",
        "2026-10-25 02:30 +0200",
        "2026-10-25 02:00 +0100",
        "2026-10-25 02:30 +0100",
        "2026-10-25 03:00 +0100",
    ]
    deployment = deploy(schedule=Cron("*/30 * * * *"))
    what = "a cron of every half hour, without a zone"
    why = (
        "within one zone Python compares the clock on the wall: 02:00 and 02:00 are equal, and"
        " 02:30 comes after both. Sorted there, or in a set, the double hour is lost or mixed up."
    )
    next_are(what, deployment, datetime(2026, 10, 24, 23, 45, tzinfo=UTC), starts, why)
    first = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    next_are(what, deployment, first, starts[2:], why)
    next_are(what, deployment, first.replace(fold=1), starts[4:], why)


def test_schedules_of_any_kind_are_listed_together(
    next_are: Next, deploy: Callable[..., Any]
) -> None:
    from prefect.schedules import Cron, Interval, RRule

    july = datetime(2026, 7, 10, 4, tzinfo=UTC)
    eight = Cron("0 8 * * *", timezone="Europe/Paris")
    every_12_hours = Interval(
        timedelta(hours=12), anchor_date=datetime(2026, 7, 1, 5, tzinfo=UTC), timezone="UTC"
    )
    next_are(
        "a cron, an interval, an rrule, and a cron that is not active",
        deploy(
            schedules=[
                eight,
                Cron("0 9 * * *", timezone="Europe/Paris", active=False),
                every_12_hours,
                RRule("RRULE:FREQ=DAILY;BYHOUR=12;BYMINUTE=0;BYSECOND=0", timezone="Europe/Paris"),
            ]
        ),
        july,
        [
            "2026-07-10 07:00 +0200",
            "2026-07-10 08:00 +0200",
            "2026-07-10 12:00 +0200",
            "2026-07-10 19:00 +0200",
        ],
        "a deployment may have several schedules. Looking at the first one only, or at one that"
        " somebody has switched off, announces runs that do not come.",
    )
    next_are(
        "a cron of 08:00 in Paris, the same again, and one in UTC, the deployment paused",
        deploy(
            schedules=[
                eight,
                Cron("0 8 * * *", timezone="Europe/Paris", parameters={"site": "Laval"}),
                Cron("0 6 * * *", timezone="UTC"),
            ],
            paused=True,
        ),
        july,
        ["2026-07-10 08:00 +0200"] * 3 + ["2026-07-11 08:00 +0200"] * 3,
        "three schedules start three runs, also at the same moment, and also if they say the same:"
        " each may have parameters of its own. A machine that is planned for one has three. And"
        " whoever is about to switch a paused deployment on asks when it would run.",
    )
    next_are(
        "a cron of each Friday the 13th",
        deploy(schedule=Cron("0 6 13 * 5", timezone="Europe/Paris", day_or=False)),
        july,
        ["2026-11-13 06:00 +0100"],
        "a schedule says more than its hour; with half of its fields it is another one.",
    )
    next_are(
        "a deployment without a schedule",
        deploy(),
        july,
        [],
        "it is started by hand only.",
    )
    switched = deploy(schedule=Cron("0 8 * * *", active=False))
    next_are("a schedule that is not active", switched, july, [], "it is switched off.")
    switched.schedules[0].active = True
    again = "the same deployment, its schedule switched on meanwhile"
    at_ten = ["2026-07-10 10:00 +0200"]
    next_are(again, switched, july, at_ten, "a plan of yesterday: what was found is kept too long.")


def test_as_many_are_listed_as_there_are(next_are: Next, deploy: Callable[..., Any]) -> None:
    from prefect.schedules import Cron, Interval, RRule

    why = "the retraining of the month is on no list. Ask for a number of starts, not for a week."
    summer = datetime(2026, 9, 10, tzinfo=UTC)
    rare = {"1 *": [(2026, 10, "02"), (2026, 11, "01")]}
    rare["29 2"] = [(year, 2, "01") for year in range(2028, 2060, 4)]
    for days, starts in rare.items():
        next_are(
            f"a cron of {days} (day, month)",
            deploy(schedule=Cron(f"0 6 {days} *", timezone="Europe/Paris")),
            summer,
            [f"{y}-{m:02}-{int(days.split()[0]):02} 06:00 +{zone}00" for y, m, zone in starts],
            why,
        )
    hour = datetime(2026, 9, 10, 1, tzinfo=UTC).astimezone(PARIS)
    next_are(
        "a cron of each hour, and one of each quarter",
        deploy(schedules=[Cron("0 * * * *"), Cron("15 5 1 1,4,7,10 *")]),
        summer,
        [f"{hour + timedelta(hours=n):%Y-%m-%d %H:%M %z}" for n in range(100)],
        "a list of 100 was asked for, and it ends before.",
    )
    anchor = datetime(2026, 9, 1, 5, 0, 0, 500_000, tzinfo=UTC)
    next_are(
        "an interval of 20 seconds, anchored half a second after a whole one",
        deploy(schedule=Interval(timedelta(seconds=20), anchor_date=anchor, timezone="UTC")),
        summer + timedelta(seconds=0.75),
        [f"2026-09-10 02:0{at} +0200" for at in ("0:20.500000", "0:40.500000", "1:00.500000")],
        "an interval without an anchor counts from the moment of the deployment, which is no whole"
        " second. A list that cuts seconds, or goes on by the minute, loses starts or tells one"
        " that has been.",
    )
    left = "DTSTART:20260908T060000\nRRULE:FREQ=DAILY;COUNT=4"
    next_are(
        "an rrule that ends after tomorrow",
        deploy(schedule=RRule(left, timezone="Europe/Paris")),
        summer,
        ["2026-09-10 06:00 +0200", "2026-09-11 06:00 +0200"],
        "a campaign ends; a list that has to be full goes on for ever, or is an error.",
        count=3,
    )


# Task 4: refuse at the desk what would fail at night


def refusal_of(call: Callable[[], Any]) -> Exception | None:
    """Return what a call raised."""
    try:
        call()
    except NotImplementedError:
        raise
    except Exception as error:  # which one is up to the learner
        return error
    return None


def is_refused(error: Exception | None, call: str, name: str, production: str) -> None:
    """Check that a call was refused, with the name of the culprit."""
    ending = f"raised {type(error).__name__}: {shorten(str(error))}" if error else "raised nothing."
    assert error is not None and name in str(error), told(
        f"{call} {ending}",
        f"Expected: an error whose text names {name!r}.",
        f"In production: {production}",
    )


Check = Callable[..., Exception | None]


@pytest.fixture
def checked(solution: Any, prefect_history: Any, prefect_requests: list[str]) -> Check:
    """Have the solution check parameters, without a run and without a server."""

    def check(call: str, pipeline: Any, parameters: dict[str, Any]) -> Exception | None:
        error = refusal_of(lambda: solution.check_parameters(pipeline, parameters))
        assert prefect_history.flow_run_count == 0, told(
            f"{call} made a flow run.",
            "Expected: a check, and no run. Calling the flow is no check: with good parameters it"
            " trains.",
            "In production: each check is a red run on the page, and each success a training.",
        )
        asked_nobody(call, prefect_requests)
        return error

    return check


@pytest.fixture
def pipelines(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Make flows of the test's own, all of one name; they must never be run."""
    from prefect import flow

    module = ModuleType("retrain_elsewhere")
    vars(module).update(Depth=Annotated[int, Field(ge=40, le=50)])
    monkeypatch.setitem(sys.modules, module.__name__, module)

    @flow(name="retrain")
    def retrain(table: str, depth: Depth = 5, columns: list[str] | None = None) -> None:
        raise AssertionError("a check must not run the flow")

    @flow(name="retrain")
    def retrain_as_text(
        table: "str", depth: "Depth" = 5, columns: "list[str] | None" = None
    ) -> "None":
        raise AssertionError("a check must not run the flow")

    @flow(name="retrain")
    def retrain_each(
        depths: "dict[str, 'Depth']",
        most: "list['Depth'] | None" = None,
        *,
        step: "Annotated['Depth', Field(le=5)]" = 1,
        site: "Literal['Laval', 'Łódź']" = "Laval",
    ) -> "None":
        raise AssertionError("a check must not run the flow")

    @flow(name="retrain")
    async def retrain_deeper(depth: int, *, seed: int | None = None, table: str) -> None:
        raise AssertionError("a check must not run the flow")

    @flow(name="retrain")
    def retrain_since(since: date, *, zone: Zone = "UTC") -> None:
        raise AssertionError("a check must not run the flow")

    @flow(name="retrain")
    def retrain_all() -> None:
        raise AssertionError("a check must not run the flow")

    flows = (retrain, retrain_as_text, retrain_each, retrain_deeper, retrain_since, retrain_all)
    regions = {"retrain_paris": of_region(Depth), "retrain_lyon": of_region(date)}
    regions["retrain_elsewhere"] = of_another_module(retrain_as_text)
    regions["retrain_namesakes"] = of_namesakes(monkeypatch)
    return {**{one.fn.__name__: one for one in flows}, **regions}


def of_region(kind: Any) -> Any:
    """Return one of many flows that one `def` makes."""
    from prefect import flow

    @flow(name="retrain")
    def retrain_region(limit: kind) -> None:
        raise AssertionError("a check must not run the flow")

    return retrain_region


def of_another_module(pipeline: Any) -> Any:
    """Return the flow as it is in a module of the same code, where a `Depth` is from 40 to 50."""
    from prefect import flow

    code, defaults = pipeline.fn.__code__, pipeline.fn.__defaults__
    module = sys.modules["retrain_elsewhere"]
    elsewhere = FunctionType(code, vars(module), pipeline.fn.__name__, defaults)
    elsewhere.__annotations__ = dict(pipeline.fn.__annotations__)
    return flow(name="retrain")(elsewhere)


def of_namesakes(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a flow whose module has names that yours has as well, for a number from 40 to 50."""
    from prefect import flow

    module = ModuleType("retrain_namesakes")
    vars(module).update(dict.fromkeys(NAMESAKES, Annotated[int, Field(ge=40, le=50)]))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    asked = ", ".join(f"in_{name}: {name!r}" for name in NAMESAKES)
    exec(
        f"def retrain({asked}):\n    raise AssertionError('a check must not run it')", vars(module)
    )
    return flow(name="retrain")(module.retrain)


AT_NIGHT = (
    "the server takes a misspelt or a missing parameter without a murmur when the deployment is"
    " registered. At 3:30 every run fails, tonight and every night."
)
AS_TEXT = " (its annotations are text, as after `from __future__ import annotations`)"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("dept", [{"table": "x", "dept": 8}, {"table": "x", "dept": None}]),
        ("table", [{"depth": 8}, {}, {"table": None}, {"table": 7}]),
        ("depth", [{"table": "x", "depth": value} for value in ("many", 0, 31, 2.5, None)]),
        ("columns", [{"table": "x", "columns": value} for value in ([["calls"]], "calls", [1])]),
    ],
    ids=["misspelt", "missing", "limits", "inside"],
)
def test_impossible_parameters_are_refused(
    checked: Check, pipelines: dict[str, Any], name: str, wrong: list[dict]
) -> None:
    for parameters in wrong:
        for pipeline, what in (("retrain", ""), ("retrain_as_text", AS_TEXT)):
            call = f"check_parameters({pipeline}, {parameters}){what}"
            error = checked(call, pipelines[pipeline], parameters)
            is_refused(error, call, name, AT_NIGHT)


def test_possible_parameters_are_accepted(checked: Check, pipelines: dict[str, Any]) -> None:
    possible = [
        ("retrain", {"table": "customers"}),
        ("retrain", {"table": "customers", "depth": 30, "columns": ["tenure", "calls"]}),
        ("retrain", {"columns": None, "depth": 1, "table": ""}),
        ("retrain", {"table": "'Łódź'", "columns": []}),
        ("retrain_as_text", {"table": "customers", "depth": 30, "columns": ["tenure"]}),
        ("retrain_each", {"depths": {"Łódź": 30}, "most": [1, 30], "step": 5, "site": "Łódź"}),
        ("retrain_each", {"depths": {}, "most": None}),
        ("retrain_deeper", {"depth": 31, "table": "customers"}),
        ("retrain_since", {"since": date(2026, 3, 29), "zone": "Europe/Paris"}),
        ("retrain_all", {}),
    ]
    for name, parameters in possible:
        call = f"check_parameters({name}, {parameters})"
        error = checked(call, pipelines[name], parameters)
        assert error is None, told(
            f"{call} raised {shorten(repr(error))}",
            "Expected: nothing raised.",
            "In production: a check that cries wolf is switched off within a week.",
        )
    call = "check_parameters(retrain_deeper, {'table': 'customers'}), after other flows"
    error = checked(call, pipelines["retrain_deeper"], {"table": "customers"})
    is_refused(error, call, "depth", "two flows have one name, and the check knows one of them.")


def test_each_flow_is_held_to_its_own_signature(checked: Check, pipelines: dict[str, Any]) -> None:
    deep, day = {"depth": 3, "table": "x"}, date(2026, 3, 29)
    behind = "(depth: int, *, seed: int | None = None, table: str)"
    since = "(since: date, *, zone: a name that ZoneInfo knows)"
    paris, lyon = ("(limit: int from 1 to 30)", "(limit: date), made by the same `def`")
    each = "(depths: dict[str, 'Depth'], most: list['Depth'] | None, *, step, site), all as text"
    text = "(table: 'str', depth: 'Depth'); Depth is from 1 to 30"
    elsewhere = "(table: 'str', depth: 'Depth'); in its module Depth is from 40 to 50"
    namesakes = "(in_Flow: 'Flow', and so on); in its module each of these is an int from 40 to 50"
    fifty = {f"in_{name}": 50 for name in NAMESAKES}
    for name, signature, parameters, culprit in (
        ("retrain_deeper", behind, {"depth": 3}, "table"),
        ("retrain_deeper", behind, {**deep, "table": 7}, "table"),
        ("retrain_deeper", behind, {**deep, "seed": "many"}, "seed"),
        ("retrain_since", since, {"since": "29/03/2026"}, "since"),
        ("retrain_since", since, {"since": "2026-02-30"}, "since"),
        ("retrain_since", since, {"since": day, "zone": "Europe/Pariss"}, "zone"),
        ("retrain_paris", paris, {"limit": 31}, "limit"),
        ("retrain_lyon", lyon, {"limit": day}, None),
        ("retrain_lyon", lyon, {"limit": 31}, "limit"),
        ("retrain_paris", paris, {"limit": day}, "limit"),
        ("retrain_each", each, {"depths": {"Laval": 30, "Łódź": 31}}, "depths"),
        ("retrain_each", each, {"depths": {"Laval": "many"}}, "depths"),
        ("retrain_each", each, {"depths": {}, "most": [30, 31]}, "most"),
        ("retrain_each", each, {"depths": {}, "step": 6}, "step"),
        ("retrain_each", each, {"depths": {}, "site": "laval"}, "site"),
        ("retrain_as_text", text, {"table": "x", "depth": 30}, None),
        ("retrain_elsewhere", elsewhere, {"table": "x", "depth": 30}, "depth"),
        ("retrain_elsewhere", elsewhere, {"table": "x", "depth": 50}, None),
        ("retrain_as_text", text, {"table": "x", "depth": 50}, "depth"),
        ("retrain_namesakes", namesakes, fifty, None),
        *(
            ("retrain_namesakes", namesakes, {**fifty, f"in_{name}": 30}, f"in_{name}")
            for name in NAMESAKES
        ),
    ):
        call = f"check_parameters({name}, {parameters}), of a flow {signature},"
        error = checked(call, pipelines[name], parameters)
        if culprit:
            is_refused(error, call, culprit, AT_NIGHT)
        assert culprit or error is None, told(
            f"{call} raised {shorten(repr(error))}",
            "Expected: nothing raised.",
            "In production: one `def` makes a flow for each region. Known by its name, by its code,"
            " or by what its annotations look like, each is held to what the first one takes; and"
            " a name of its annotations, looked up in your module, is something else.",
        )


def test_training_is_described_with_possible_parameters_only(
    solution: Any, prefect_requests: list[str], path: str
) -> None:
    table = [
        (path, {"n_estimator": 500}, "n_estimator"),
        *((path, {"n_estimators": value}, "n_est") for value in (0, 1001, "many")),
        (path, {"experiment_name": None}, "experiment_name"),
        (None, {}, "path"),
        (7, {"n_estimators": 50}, "path"),
    ]
    for where, wrong, name in table:
        call = called("training_deployment", where, **wrong)
        error = refusal_of(
            lambda where=where, wrong=wrong: solution.training_deployment(where, **wrong)
        )
        is_refused(error, call, name, AT_NIGHT)
        asked_nobody(call, prefect_requests)


# Task 5: serve both


Serve = Callable[..., Any]


@pytest.fixture
def serve_for(solution: Any, served: Any, prefect_requests: list[str]) -> Serve:
    """Have the solution serve both; the first argument names one that the server refuses.

    To `hourly` it says nothing at all then.
    """

    def ask(refused: str | None, path: str, **more: Any) -> tuple[str, Any]:
        call, silent = called("serve_pipelines", path, **more), refused == "hourly"
        prefect_requests.clear()
        found = served(lambda: solution.serve_pipelines(path, **more), refused, silent)
        starts = [one for one in prefect_requests if one.startswith("POST") and STARTS.search(one)]
        assert not starts, told(
            f"{call} asked the server: {', '.join(starts)}.",
            "Expected: two deployments registered, and nothing else that starts a run: no"
            " automation, and no run at once.",
            "In production: a run at any time, between two of the schedule. Where it lasts, the run"
            " of the hour is cancelled, or that of the night comes twice.",
        )
        return call, found

    return ask


def test_one_process_serves_both(solution: Any, serve_for: Serve, path: str) -> None:
    call, found = serve_for(None, f"{path}.old", n_estimators=7, experiment_name="old")
    both_are_served(call, found)
    ids = {one.name: one.id for one in found.registered}
    for refused, answer in (("nightly", "503 Service Unavailable"), ("hourly", "no answer")):
        call, found = serve_for(refused, path, experiment_name=refused)
        assert found.error is not None and not found.waits, told(
            f"{call} {'began to wait for work' if found.waits else 'returned'}. The server had"
            f" said to {refused!r}: {answer}.",
            "Expected: an error.",
            "In production: half a deployment. The process looks healthy, nobody restarts it, and"
            " no model is trained, or no customer scored, until somebody reads the log.",
        )
        keep_their_ids(f"{call}, where the server has refused {refused!r}", ids, found)
    more = {"n_estimators": 50, "experiment_name": "served"}
    call, found = serve_for(None, path, **more)
    both_are_served(call, found)
    keep_their_ids(f"{call}, after a call with other parameters", ids, found)
    for one in (solution.training_deployment(path, **more), solution.inference_deployment(path)):
        on_server = next(other for other in found.registered if other.name == one.name)
        is_served_as_described(call, on_server, one)
        leads_to_the_flow(call, on_server, Path(solution.__file__).parent)


def both_are_served(call: str, found: Any) -> None:
    """Check that a call has registered both, and would now start the runs of both."""
    if found.error is not None:
        raise found.error
    names = sorted(one.name for one in found.registered)
    assert found.waits and names == ["hourly", "nightly"], told(
        f"{call} {'began to wait for work' if found.waits else 'returned'}; registered with the"
        f" server: {', '.join(names) or 'nothing'}.",
        "Expected: both deployments registered, and then one process that waits for their runs.",
        "In production: `serve` returns when it is interrupted, in weeks. What comes after it in"
        " your file is not registered, and the second pipeline never runs.",
    )
    assert found.limit is None or found.limit > 1, told(
        f"{call}: the process runs {found.limit} run at a time.",
        "Expected: both pipelines at once, if need be.",
        "In production: while the training runs, for two hours, no customer is scored.",
    )
    assert list(found.watched) == names, told(
        f"{call} waits for the runs of: {', '.join(found.watched) or 'nothing'}.",
        f"Expected: of {', '.join(names)}. A runner starts the runs of what was added to it"
        " (`add_deployment`), not of all that is registered.",
        "In production: the server schedules night after night, each run is Late, none ever"
        " begins, and the process looks healthy.",
    )


def keep_their_ids(call: str, ids: dict[str, Any], found: Any) -> None:
    """Check that what an earlier call has registered was not deleted."""
    now = {one.name: one.id for one in found.on_server}
    for name, known in ids.items():
        assert now.get(name) == known, told(
            f"{call}: {name!r}, which an earlier call had registered, is"
            f" {'there under another id' if name in now else 'no longer there'}.",
            "Expected: what is registered takes its place under the same id; nothing is deleted.",
            "In production: between the two there is no deployment, and where the server then"
            " refuses the new one, none at all. Under a new id the limit counts from zero: beside"
            " a training that is still running the next one starts.",
        )


def is_served_as_described(call: str, on_server: Any, described_as: Any) -> None:
    """Check that a server has what was described, and nothing of what was there before."""
    seen, expected = description_of(on_server), description_of(described_as)
    for what in expected:
        assert seen[what] == expected[what], told(
            f"{call} registered {on_server.name!r}; its {what}: {shorten(repr(seen[what]))}.",
            f"{described_as.name!r} was described with: {shorten(repr(expected[what]))}."
            " Expected: the same.",
            "In production: a second description, beside the checked one, is the one that runs."
            " (Starts that come twice: the server goes on with an old schedule whose slug is not"
            " among the new ones.)",
        )


def leads_to_the_flow(call: str, registered: Any, folder: Path) -> None:
    """Check that a run, which is a process of its own, finds the flow's file."""
    where, _, _ = registered.entrypoint.rpartition(":")
    module = registered.entrypoint.rpartition(".")[0]
    found = (
        (Path(registered.path or ".") / where).is_file()
        if where
        else PathFinder.find_spec(module, [str(folder), *sys.path])
    )
    said = (
        f"There is no file {where!r}."
        if where
        else f"In the process of a run there is no module {module!r}. (Of a file that is run as a"
        " script it would be `__main__`, which is Prefect's own there.)"
    )
    assert found, told(
        f"{call} registered {registered.name!r} at {registered.entrypoint!r}.",
        f"{said} Expected: the file, and in it the flow.",
        "In production: all is registered and scheduled, and every run crashes.",
    )


def test_nothing_is_registered_with_an_impossible_parameter(
    solution: Any, served: Any, prefect_requests: list[str], path: str
) -> None:
    for where, wrong, name in ((path, {"n_estimator": 500}, "n_estimator"), (None, {}, "path")):
        call = called("serve_pipelines", where, **wrong)
        found = served(lambda where=where, wrong=wrong: solution.serve_pipelines(where, **wrong))
        is_refused(found.error, call, name, AT_NIGHT)
        assert not found.registered and not prefect_requests, told(
            f"{call} raised {type(found.error).__name__}, after the server had been asked:"
            f" {', '.join(dict.fromkeys(prefect_requests))}.",
            "Expected: nothing registered, nothing asked. First describe and check, then serve.",
            "In production: half a deployment. The inference runs on, beside a training that does"
            " not.",
        )
