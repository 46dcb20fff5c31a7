"""When your deployments would run, as Prefect's own scheduler computes it, and what they say."""

import asyncio
import inspect
import textwrap
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pytest

PARIS = ZoneInfo("Europe/Paris")
UTC = timezone.utc
PATH = "customers.csv"
CHANGES = {
    "spring_2026": date(2026, 3, 29),
    "autumn_2026": date(2026, 10, 25),
    "spring_2027": date(2027, 3, 28),
    "autumn_2027": date(2027, 10, 31),
}
each_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(textwrap.fill(line, 98, break_on_hyphens=False) for line in lines)


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def in_paris(starts: list[datetime]) -> str:
    """Write starts as people in Paris would, with the distance to UTC."""
    return ", ".join(f"{one.astimezone(PARIS):%a %d %b %H:%M %z}" for one in starts) or "none"


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
    """Ask Prefect's scheduler for all starts from `first` to `last`, in UTC."""
    from prefect.server.schemas import schedules

    found = set()
    for one in deployment.schedules or []:
        if one.active and not deployment.paused:
            twin = getattr(schedules, type(one.schedule).__name__)(**one.schedule.model_dump())
            for start in asyncio.run(twin.get_dates(start=first, end=last)):
                found.add(start.astimezone(UTC))
    return sorted(found)


def starts_exactly(call: str, deployment: Any, expected: list[datetime], production: str) -> None:
    """Check a deployment's starts from half an hour before the first to half an hour after."""
    half = timedelta(minutes=30)
    first, last = expected[0] - half, expected[-1] + half
    seen = scheduled(deployment, first, last)
    missing, extra = sorted(set(expected) - set(seen)), sorted(set(seen) - set(expected))
    zones = {getattr(one.schedule, "timezone", None) for one in deployment.schedules or []}
    assert not missing and not extra, told(
        f"{call}: from {in_paris([first])} to {in_paris([last])}, {len(seen)} starts are scheduled,"
        f" {len(expected)} expected.",
        f"Not wanted: {in_paris(extra[:3])}. Missing: {in_paris(missing[:3])}. (Paris time."
        f" Zones of the schedules: {', '.join(sorted(map(str, zones))) or 'no schedule'}.)",
        f"In production: {production}",
    )


def says(call: str, what: str, seen: Any, expected: Any, production: str) -> None:
    """Check one thing that a deployment says."""
    assert seen == expected, told(
        f"{call}: its {what}: {shorten(repr(seen))}. Expected: {expected!r}.",
        f"In production: {production}",
    )


def has_labels(call: str, deployment: Any, name: str, flow_name: str, tag: str) -> None:
    """Check a deployment's name, flow and tags."""
    seen = f"{deployment.flow_name}/{deployment.name}"
    says(
        call,
        "full name",
        seen,
        f"{flow_name}/{name}",
        "runs are started, paused and found by this name. Under another one nobody finds it.",
    )
    says(
        call,
        "tags",
        sorted(deployment.tags),
        ["churn", tag],
        "every run inherits the tags. Without them the page of the churn runs is empty, and the"
        " alert that watches them stays silent.",
    )


def limit_of(deployment: Any) -> tuple[int | None, str]:
    """Return how many runs may be active, and what becomes of one more."""
    options = deployment.concurrency_options
    strategy = getattr(options, "collision_strategy", None)
    return deployment.concurrency_limit, getattr(strategy, "value", strategy) or "ENQUEUE"


def description_of(deployment: Any) -> dict[str, Any]:
    """Return what a deployment says, described or registered: what it is called with, and when."""
    spring = datetime(2026, 3, 28, tzinfo=UTC)
    starts = scheduled(deployment, spring, spring + timedelta(days=3))
    return {
        "parameters": deployment.parameters,
        "tags": sorted(deployment.tags),
        "concurrency limit": limit_of(deployment),
        "starts around the change of the clocks in March": in_paris(starts),
    }


# Task 1: once a night, by the clock on the wall


def training_starts(solution: Any, days: list[date], production: str) -> None:
    call = f"training_deployment({PATH!r})"
    deployment = described(solution.training_deployment(PATH), call)
    expected = [datetime(d.year, d.month, d.day, 3, 30, tzinfo=PARIS).astimezone(UTC) for d in days]
    starts_exactly(call, deployment, expected, production)


@each_change
def test_training_keeps_its_hour_when_clocks_change(solution: Any, change: date) -> None:
    training_starts(
        solution,
        [change + timedelta(days=n) for n in range(-2, 3)],
        "the export of the day is ready at 3:15 in Paris, winter and summer. Too early, the model"
        " is trained on yesterday's customers; too late, it misses the morning's campaign; twice,"
        " two trainings write one model.",
    )


@pytest.mark.parametrize("first", [date(2026, 1, 10), date(2026, 7, 10)], ids=["winter", "summer"])
def test_training_runs_once_each_night(solution: Any, first: date) -> None:
    training_starts(
        solution,
        [first + timedelta(days=n) for n in range(4)],
        "for half of the year everything looks right. The other half nobody looks.",
    )


def test_training_deployment_says_what_it_runs(solution: Any) -> None:
    call = f"training_deployment({PATH!r})"
    deployment = described(solution.training_deployment(PATH), call)
    has_labels(call, deployment, "nightly", "train-churn-model", "training")
    says(
        call,
        "parameters",
        deployment.parameters,
        {"path": PATH, "n_estimators": 300, "experiment_name": "nightly"},
        "nobody is there at 3:30 to type a parameter. What the deployment does not say is the"
        " flow's default, or an error.",
    )
    says(
        call,
        "concurrency limit, and what becomes of a run too many",
        limit_of(deployment),
        (1, "ENQUEUE"),
        "the training started by hand at 3:00 is still running. Two at once register two models;"
        " one that is cancelled is a night without a model. It has to wait.",
    )
    other = f"training_deployment({PATH!r}, n_estimators=50)"
    says(
        other,
        "parameters",
        described(solution.training_deployment(PATH, n_estimators=50), other).parameters,
        {"path": PATH, "n_estimators": 50, "experiment_name": "nightly"},
        "the trees were asked for, and the nightly model has another number of them.",
    )


# Task 2: every hour that passes


@each_change
def test_inference_leaves_no_hour_out(solution: Any, change: date) -> None:
    call = f"inference_deployment({PATH!r})"
    deployment = described(solution.inference_deployment(PATH), call)
    midnight = datetime(change.year, change.month, change.day, tzinfo=PARIS).astimezone(UTC)
    starts_exactly(
        call,
        deployment,
        [midnight + timedelta(hours=n) for n in range(-2, 8)],
        "in October the hour from 2 to 3 passes twice. A schedule by the clock on the wall starts"
        " one run for both: for two hours the call centre works from old scores.",
    )


def test_inference_runs_on_the_hour(solution: Any) -> None:
    call = f"inference_deployment({PATH!r})"
    deployment = described(solution.inference_deployment(PATH), call)
    noon = datetime(2026, 7, 10, 12, tzinfo=UTC)
    starts_exactly(
        call,
        deployment,
        [noon + timedelta(hours=n) for n in range(26)],
        "the customers arrive on the hour. An interval counts from the moment of the deployment"
        " unless it is told another one; a cron with its fields in the wrong order runs once a day,"
        " or every minute.",
    )


def test_inference_deployment_says_what_it_runs(solution: Any) -> None:
    call = f"inference_deployment({PATH!r})"
    deployment = described(solution.inference_deployment(PATH), call)
    has_labels(call, deployment, "hourly", "score-customers", "inference")
    says(
        call,
        "parameters",
        deployment.parameters,
        {"path": PATH, "alias": "champion"},
        "a scheduled run has only the deployment's parameters and the flow's defaults.",
    )
    says(
        call,
        "concurrency limit, and what becomes of a run too many",
        limit_of(deployment),
        (1, "CANCEL_NEW"),
        "one slow hour, and the runs queue up behind it. At noon the scores of 9:00 are computed,"
        " at 13:00 those of 9:00 again: all day late, for customers who have changed since.",
    )


# Task 3: when will it run next?


@pytest.fixture
def deploy() -> Callable[..., Any]:
    """Make a deployment of the test's own."""
    from prefect import flow

    @flow
    def count_calls() -> None: ...

    return lambda **more: count_calls.to_deployment("test", **more)


def next_are(
    solution: Any, what: str, deployment: Any, after: datetime, expected: list[str], production: str
) -> None:
    """Check the next runs of a deployment, written with their distance to UTC."""
    found = solution.next_runs(deployment, after, max(len(expected), 1))
    call = f"next_runs({what}, {after.isoformat()}, {max(len(expected), 1)})"
    is_list = isinstance(found, list) and all(isinstance(one, datetime) for one in found)
    assert is_list and all(one.tzinfo is not None for one in found), told(
        f"{call} returned {shorten(repr(found))}",
        "Expected: a list of aware datetimes.",
        "In production: a time without a zone means another moment to each who reads it.",
    )
    seen = [f"{one:%Y-%m-%d %H:%M %z}" for one in found]
    assert seen == expected, told(
        f"{call} returned {seen}.",
        f"Expected: {expected}.",
        f"In production: {production}",
    )


def test_next_nights_are_in_paris_time(solution: Any, deploy: Callable[..., Any]) -> None:
    from prefect.schedules import Cron

    next_are(
        solution,
        "a cron of 06:00 in Paris",
        deploy(schedule=Cron("0 6 * * *", timezone="Europe/Paris")),
        datetime(2027, 3, 26, 5, tzinfo=UTC),
        ["2027-03-27 06:00 +0100", "2027-03-28 06:00 +0200", "2027-03-29 06:00 +0200"],
        "the list is read by people in Paris. (A start at the very moment of `after` is past.)",
    )


def test_double_hour_is_listed_twice(solution: Any, deploy: Callable[..., Any]) -> None:
    from prefect.schedules import Cron

    next_are(
        solution,
        "a cron of every half hour, without a zone",
        deploy(schedule=Cron("*/30 * * * *")),
        datetime(2026, 10, 24, 23, 45, tzinfo=UTC),
        [
            "2026-10-25 02:00 +0200",
            "2026-10-25 02:30 +0200",
            "2026-10-25 02:00 +0100",
            "2026-10-25 02:30 +0100",
            "2026-10-25 03:00 +0100",
        ],
        "within one zone Python compares the clock on the wall: 02:00 and 02:00 are equal, and"
        " 02:30 comes after both. Sorted there, or in a set, the double hour is lost or mixed up.",
    )


def test_schedules_of_any_kind_are_listed_together(
    solution: Any, deploy: Callable[..., Any]
) -> None:
    from prefect.schedules import Cron, Interval, RRule

    every_12_hours = Interval(
        timedelta(hours=12), anchor_date=datetime(2026, 7, 1, 5, tzinfo=UTC), timezone="UTC"
    )
    next_are(
        solution,
        "a cron, an interval, an rrule, and a cron that is not active",
        deploy(
            schedules=[
                Cron("0 8 * * *", timezone="Europe/Paris"),
                Cron("0 9 * * *", timezone="Europe/Paris", active=False),
                every_12_hours,
                RRule("RRULE:FREQ=DAILY;BYHOUR=12;BYMINUTE=0;BYSECOND=0", timezone="Europe/Paris"),
            ]
        ),
        datetime(2026, 7, 10, 4, tzinfo=UTC),
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
        solution,
        "a cron of the first of each month",
        deploy(schedule=Cron("0 6 1 * *", timezone="Europe/Paris")),
        datetime(2026, 9, 10, tzinfo=UTC),
        ["2026-10-01 06:00 +0200", "2026-11-01 06:00 +0100"],
        "the retraining of the month is on no list. Ask for a number of starts, not for a week.",
    )
    next_are(
        solution,
        "a deployment without a schedule",
        deploy(),
        datetime(2026, 7, 10, tzinfo=UTC),
        [],
        "it is started by hand only.",
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


@pytest.fixture
def pipeline() -> Any:
    """Make a flow of the test's own; it must never be run."""
    from prefect import flow
    from pydantic import Field

    @flow
    def retrain(
        table: str, depth: Annotated[int, Field(ge=1, le=30)] = 5, columns: list[str] | None = None
    ) -> None:
        raise AssertionError("a check must not run the flow")

    return retrain


AT_NIGHT = (
    "the server takes a misspelt or a missing parameter without a murmur when the deployment is"
    " registered. At 3:30 every run fails, tonight and every night."
)


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"table": "customers", "dept": 8}, "dept"),
        ({"depth": 8}, "table"),
        ({"table": "customers", "depth": "many"}, "depth"),
        ({"table": "customers", "depth": 31}, "depth"),
        ({"table": "customers", "columns": [["tenure"]]}, "columns"),
    ],
    ids=["misspelt", "missing", "not_a_number", "out_of_limits", "wrong_inside"],
)
def test_impossible_parameters_are_refused(
    solution: Any, pipeline: Any, prefect_history: Any, parameters: dict, name: str
) -> None:
    call = f"check_parameters(retrain, {parameters})"
    error = refusal_of(lambda: solution.check_parameters(pipeline, parameters))
    is_refused(error, call, name, AT_NIGHT)
    assert prefect_history.flow_run_count == 0, told(
        f"{call} made a flow run.",
        "Expected: a check, and no run. Calling the flow is no check: with good parameters it"
        " trains.",
        "In production: each check is a red run on the page, and each success a training.",
    )


@pytest.mark.parametrize(
    "parameters",
    [
        {"table": "customers"},
        {"table": "customers", "depth": 30, "columns": ["tenure", "calls"]},
        {"columns": None, "table": ""},
    ],
    ids=["defaults", "all", "none_is_allowed"],
)
def test_possible_parameters_are_accepted(
    solution: Any, pipeline: Any, prefect_history: Any, parameters: dict
) -> None:
    call = f"check_parameters(retrain, {parameters})"
    before = dict(parameters)
    error = refusal_of(lambda: solution.check_parameters(pipeline, parameters))
    assert error is None and parameters == before and prefect_history.flow_run_count == 0, told(
        f"{call} {f'raised {shorten(repr(error))}' if error else 'ran, or changed its arguments.'}",
        "Expected: nothing raised, no run made, nothing changed.",
        "In production: a check that cries wolf is switched off within a week.",
    )


def test_training_is_described_with_possible_parameters_only(solution: Any) -> None:
    for wrong, name in (({"n_estimator": 500}, "n_estimator"), ({"n_estimators": 0}, "n_est")):
        given = ", ".join(f"{key}={value}" for key, value in wrong.items())
        error = refusal_of(lambda wrong=wrong: solution.training_deployment(PATH, **wrong))
        is_refused(error, f"training_deployment({PATH!r}, {given})", name, AT_NIGHT)


# Task 5: serve both


class _Serving(Exception):
    """The process would now run for weeks."""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Any, list[Any]]]:
    """Serve on the test's server up to the moment when the waiting for work begins."""
    from prefect.client import orchestration
    from prefect.deployments.runner import RunnerDeployment
    from prefect.runner import Runner

    ids: list[Any] = []
    applied: dict[str, Any] = {}  # by name: what was asked for, whoever else asks the server, too

    def heard(real: Any) -> Any:
        """Note whose id `create_deployment` returns, or `update_deployment` is given."""

        def note(args: tuple[Any, ...], more: dict[str, Any], found: Any) -> Any:
            ids.append(found or more.get("deployment_id") or args[1])
            return found

        async def call_async(*args: Any, **more: Any) -> Any:
            return note(args, more, await real(*args, **more))

        def call(*args: Any, **more: Any) -> Any:
            return note(args, more, real(*args, **more))

        return call_async if inspect.iscoroutinefunction(real) else call

    for client in (orchestration.SyncPrefectClient, orchestration.PrefectClient):
        for name in ("create_deployment", "update_deployment"):
            monkeypatch.setattr(client, name, heard(getattr(client, name)))

    def noted(real: Any) -> Any:
        def apply(this: Any, *args: Any, **more: Any) -> Any:
            applied[this.name] = this
            return real(this, *args, **more)

        return apply

    for name in ("apply", "aapply"):
        monkeypatch.setattr(RunnerDeployment, name, noted(getattr(RunnerDeployment, name)))

    async def start(_: Any, *__: Any, **___: Any) -> None:
        raise _Serving

    monkeypatch.setattr(Runner, "start", start)

    def serve(call: Callable[[], Any]) -> tuple[Exception | None, list[Any]]:
        error = refusal_of(call)
        with orchestration.get_client(sync_client=True) as client:
            known = [client.read_deployment(one) for one in dict.fromkeys(ids)]
        return error, [applied.get(one.name, one) for one in known]

    return serve


def test_one_process_serves_both(solution: Any, served: Any) -> None:
    call = f"serve_pipelines({PATH!r}, n_estimators=50)"
    error, registered = served(lambda: solution.serve_pipelines(PATH, n_estimators=50))
    if error is not None and not isinstance(error, _Serving):
        raise error
    names = sorted(one.name for one in registered)
    assert isinstance(error, _Serving) and names == ["hourly", "nightly"], told(
        f"{call} {'began to wait for work' if error else 'returned'}; registered with the server:"
        f" {', '.join(names) or 'nothing'}.",
        "Expected: both deployments registered, and then one process that waits for their runs.",
        "In production: `serve` returns when it is interrupted, in weeks. What comes after it in"
        " your file is not registered, and the second pipeline never runs.",
    )
    checked = (
        solution.training_deployment(PATH, n_estimators=50),
        solution.inference_deployment(PATH),
    )
    for described_as in checked:
        one = next(one for one in registered if one.name == described_as.name)
        seen, expected = description_of(one), description_of(described_as)
        for what in expected:
            assert seen[what] == expected[what], told(
                f"{call} registered {one.name!r}; its {what}: {shorten(repr(seen[what]))}.",
                f"{described_as.name!r} was described with: {shorten(repr(expected[what]))}."
                " Expected: the same.",
                "In production: a second description, beside the checked one, is the one that"
                " runs.",
            )


def test_nothing_is_registered_with_an_impossible_parameter(solution: Any, served: Any) -> None:
    call = f"serve_pipelines({PATH!r}, n_estimator=500)"
    error, registered = served(lambda: solution.serve_pipelines(PATH, n_estimator=500))
    is_refused(None if isinstance(error, _Serving) else error, call, "n_estimator", AT_NIGHT)
    assert not registered, told(
        f"{call} was refused, after it had registered {[one.name for one in registered]}.",
        "Expected: nothing registered. First describe and check, then serve.",
        "In production: half a deployment. The inference runs on, beside a training that does not.",
    )
