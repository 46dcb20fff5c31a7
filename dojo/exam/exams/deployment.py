"""Examine 10_deployment: what deployments say, when they would start, what a server has of them.

The starts are computed in a process of its own, by Prefect's scheduler, in years that no test asks
for. What `serve_pipelines` has registered is read from the engine's database.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Any

from dojo.exam.exams._deployments import PARIS, clock_change, span, starts_of, told_of
from dojo.exam.stage import Desk, Outcome, examines

__all__ = ["starts_of"]


class _Serving(Exception):
    """The process would now run for weeks."""


def describe(subject: Any, _: Path, name: str, path: str, more: dict[str, Any]) -> Any:
    """Tell what a deployment says; the submission's process runs this, and the three below."""
    return told_of(getattr(subject, name)(path, **more))


def ask(
    subject: Any, _: Path, schedules: list[dict[str, Any]], after: str, count: int
) -> list[str] | str:
    """Ask for the next runs of a deployment with such schedules; return them as people do."""
    from prefect import flow
    from prefect import schedules as kinds

    @flow
    def count_calls() -> None: ...

    made = []
    for one in schedules:
        more = {key: value for key, value in one.items() if key not in ("kind", "when")}
        when = one["when"]
        if one["kind"] == "Interval":
            when = datetime.timedelta(minutes=when)
            more["anchor_date"] = datetime.datetime.fromisoformat(more["anchor_date"])
        made.append(getattr(kinds, one["kind"])(when, **more))
    deployment = count_calls.to_deployment("drawn", schedules=made)
    found = subject.next_runs(deployment, datetime.datetime.fromisoformat(after), count)
    if not isinstance(found, list) or not all(isinstance(one, datetime.datetime) for one in found):
        return f"no list of datetimes: {found!r}"[:200]
    return [f"{one:%Y-%m-%d %H:%M %z}" for one in found]


def check(
    subject: Any, _: Path, names: list[str], limits: list[int], parameters: dict[str, Any]
) -> bool:
    """Check parameters for a flow made of drawn names; say whether they are as they were."""
    from prefect import flow
    from pydantic import Field

    text, number, some = names
    low, high = limits
    source = (
        f"def retrain({text}: str, {number}: Annotated[int, Field(ge={low}, le={high})] = {low},"
        f" {some}: list[str] | None = None) -> None:\n"
        "    raise AssertionError('a check must not run the flow')\n"
    )
    made: dict[str, Any] = {"Annotated": Annotated, "Field": Field}
    exec(compile(source, "<drawn>", "exec", dont_inherit=True), made)  # the scenario's own text
    before = dict(parameters)
    subject.check_parameters(flow(made["retrain"]), parameters)
    return parameters == before


def serve(subject: Any, _: Path, path: str, more: dict[str, Any]) -> str:
    """Serve up to the moment when the waiting for work begins."""
    from prefect.runner import Runner

    async def start(*_: Any, **__: Any) -> None:
        raise _Serving

    Runner.start = start  # type: ignore[method-assign]
    try:
        subject.serve_pipelines(path, **more)
    except _Serving:
        return "waits for work"
    return "came back"


def _path(desk: Desk) -> str:
    return f"customers-{desk.rng.randrange(10**6)}.csv"


def _note_deployment(desk: Desk, what: str, outcome: Outcome, spans: list[list[str]]) -> None:
    told = outcome.returned
    if not isinstance(told, dict):
        desk.note_outcome(what, outcome)
        return
    schedules = told.pop("schedules")
    desk.note(what, told)
    desk.note(f"{what}: the starts", desk.help("starts_of", schedules, spans))


def _spans(desk: Desk, days: int) -> list[list[str]]:
    """Draw both changes of the clocks, and a day of winter and one of summer."""
    years = desk.rng.sample(range(2028, 2038), 4)
    before = datetime.timedelta(days=1)
    drawn = [
        clock_change(years[0], 3) - before,
        clock_change(years[1], 10) - before,
        datetime.date(years[2], desk.rng.choice((1, 2, 12)), desk.rng.randint(1, 28)),
        datetime.date(years[3], desk.rng.randint(5, 9), desk.rng.randint(1, 28)),
    ]
    return [span(day, days) for day in drawn]


@examines(1)
def the_training_of_drawn_years(desk: Desk) -> None:
    """Look at the nightly training around clock changes that no test asks for."""
    outcome = desk.drive("describe", "training_deployment", _path(desk), {})
    _note_deployment(desk, "the training", outcome, _spans(desk, 3))


@examines(1)
def the_training_with_parameters(desk: Desk) -> None:
    """Give it parameters of its own."""
    more = desk.rng.choice(
        [
            {"n_estimators": desk.rng.randint(1, 1000)},
            {"experiment_name": f"try-{desk.rng.randrange(99)}"},
        ]
    )
    outcome = desk.drive("describe", "training_deployment", _path(desk), more)
    told = outcome.returned
    desk.note("its parameters", told.get("parameters") if isinstance(told, dict) else outcome.told)


@examines(2)
def the_inference_of_drawn_years(desk: Desk) -> None:
    """Look at the hourly inference around clock changes that no test asks for."""
    outcome = desk.drive("describe", "inference_deployment", _path(desk), {})
    _note_deployment(desk, "the inference", outcome, _spans(desk, 2))


def _zone(desk: Desk) -> str:
    return desk.rng.choice(("Europe/Paris", "UTC", "America/Montreal", "Asia/Tokyo"))


def _some_schedules(desk: Desk) -> list[dict[str, Any]]:
    """Draw one of each kind, and one that is switched off."""
    rng = desk.rng
    night = f"{rng.randrange(60)} {rng.randint(4, 23)} * * *"
    off = {"kind": "Cron", "when": "*/7 * * * *", "timezone": "UTC", "active": False}
    anchor = datetime.datetime(2027, 1, 1, rng.randrange(24), 13, tzinfo=datetime.timezone.utc)
    rule = f"RRULE:FREQ=DAILY;BYHOUR={rng.randint(4, 23)};BYMINUTE={rng.randrange(60)};BYSECOND=0"
    drawn: list[dict[str, Any]] = [
        {"kind": "Cron", "when": night, "timezone": _zone(desk)},
        {
            "kind": "Interval",
            "when": rng.randint(150, 900),
            "anchor_date": anchor.isoformat(),
            "timezone": "UTC",
        },
        {"kind": "RRule", "when": rule, "timezone": _zone(desk)},
        off,
    ]
    rng.shuffle(drawn)
    return drawn


@examines(3)
def schedules_of_all_kinds(desk: Desk) -> None:
    """Ask for the next starts of drawn schedules together, across the double hour, and of none."""
    rng = desk.rng
    day = datetime.datetime(
        rng.randint(2028, 2037), rng.choice((1, 6, 12)), rng.randint(1, 28), tzinfo=PARIS
    )
    after = (day + datetime.timedelta(minutes=rng.randrange(1440))).isoformat()
    several = desk.drive("ask", _some_schedules(desk), after, rng.randint(5, 20))
    desk.note_outcome("of several", several)
    step = rng.choice((10, 15, 20, 30))
    cron = {"kind": "Cron", "when": f"*/{step} * * * *"}
    change = datetime.datetime.combine(
        clock_change(rng.randint(2028, 2037), 10), datetime.time(0), datetime.timezone.utc
    )
    # A start at this very moment is past.
    double = desk.drive("ask", [cron], change.isoformat(), 60 // step * 2 + 1)
    desk.note_outcome("across the double hour", double)
    desk.note_outcome("of none", desk.drive("ask", [], after, 3))


@examines(4)
def impossible_parameters(desk: Desk) -> None:
    """Check for a flow of drawn names and limits; it must not be run."""
    rng = desk.rng
    names = [f"{word}_{rng.randrange(1000)}" for word in ("table", "depth", "columns")]
    text, number, some = names
    low = rng.randint(1, 20)
    high = low + rng.randint(1, 20)
    wrong: list[tuple[str, dict[str, Any]]] = [
        (f"{number}x", {text: "customers", f"{number}x": low}),
        (text, {number: low}),
        (number, {text: "customers", number: rng.choice(("many", [low]))}),
        (number, {text: "customers", number: rng.choice((low - 1, high + 1))}),
        (some, {text: "customers", some: [[rng.randrange(9)]]}),
    ]
    rng.shuffle(wrong)
    for name, parameters in wrong:
        outcome = desk.drive("check", names, [low, high], parameters)
        desk.note_failure(f"{parameters}", outcome, name)
    for parameters in (
        {text: "customers"},
        {text: "", number: high, some: ["tenure"]},
        {some: None, text: "x"},
    ):
        outcome = desk.drive("check", names, [low, high], parameters)
        desk.note_outcome(f"{parameters} is possible, and left alone", outcome)
    desk.note("flow runs", len(desk.flow_runs()))


@examines(4)
def the_training_is_checked(desk: Desk) -> None:
    """Describe no training that could not run."""
    misspelt = desk.rng.choice(("n_estimator", "experiment", "trees"))
    wrong = [(misspelt, 5), ("n_estimators", desk.rng.choice((0, 1001, "many")))]
    for name, value in wrong:
        outcome = desk.drive("describe", "training_deployment", _path(desk), {name: value})
        desk.note_failure(f"{name}={value!r}", outcome, name)


@examines(5)
def both_are_registered(desk: Desk) -> None:
    """Serve, and read in the database what has been registered by then."""
    path, count = _path(desk), desk.rng.randint(1, 1000)
    outcome = desk.drive("serve", path, {"n_estimators": count})
    desk.note_outcome("it", outcome)
    found = desk.deployments()
    desk.note("registered", [[one.flow, one.name, one.is_scheduled] for one in found])
    desk.note("for the path", [one.parameters.get("path") == path for one in found])
    asked = [one.parameters.get("n_estimators") for one in found if one.name == "nightly"]
    desk.note("the nightly one with the parameters given", asked == [count])


@examines(5)
def nothing_is_registered(desk: Desk) -> None:
    """Serve with a parameter that the training does not have: the server sees nothing."""
    name = f"n_estimators_{desk.rng.randrange(99)}"
    outcome = desk.drive("serve", _path(desk), {name: 5})
    desk.note_failure("in the end", outcome, name)
    desk.note("registered", [one.name for one in desk.deployments()])
