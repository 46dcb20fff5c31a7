"""Examine 10_deployment: what deployments say, when they would start, what a server has of them.

The starts are computed in a process of its own, by Prefect's scheduler, in years that no test asks
for. What `serve_pipelines` has registered is read from the engine's database.
"""

from __future__ import annotations

import datetime
from typing import Any

from dojo.exam.shared.paris import PARIS, clock_change, span
from dojo.exam.stage import Desk, Outcome, examines


def _path(desk: Desk) -> str:
    return f"customers-{desk.rng.randrange(10**6)}.csv"


def _note_deployment(desk: Desk, what: str, outcome: Outcome, spans: list[list[str]]) -> None:
    told = outcome.returned
    if not isinstance(told, dict):
        desk.note_outcome(what, outcome)
        return
    schedules = told.pop("schedules")
    desk.note(what, told)
    desk.note(f"{what}: the starts", desk.run_apart("starts_of", schedules, spans))


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
    outcome = desk.run_with("describe", "training_deployment", _path(desk), {})
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
    outcome = desk.run_with("describe", "training_deployment", _path(desk), more)
    told = outcome.returned
    desk.note("its parameters", told.get("parameters") if isinstance(told, dict) else outcome.told)


@examines(2)
def the_inference_of_drawn_years(desk: Desk) -> None:
    """Look at the hourly inference around clock changes that no test asks for."""
    outcome = desk.run_with("describe", "inference_deployment", _path(desk), {})
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
    several = desk.run_with("ask", _some_schedules(desk), after, rng.randint(5, 20))
    desk.note_outcome("of several", several)
    step = rng.choice((10, 15, 20, 30))
    cron = {"kind": "Cron", "when": f"*/{step} * * * *"}
    change = datetime.datetime.combine(
        clock_change(rng.randint(2028, 2037), 10), datetime.time(0), datetime.timezone.utc
    )
    # A start at this very moment is past.
    double = desk.run_with("ask", [cron], change.isoformat(), 60 // step * 2 + 1)
    desk.note_outcome("across the double hour", double)
    desk.note_outcome("of none", desk.run_with("ask", [], after, 3))


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
        outcome = desk.run_with("check", names, [low, high], parameters)
        desk.note_failure(f"{parameters}", outcome, name)
    for parameters in (
        {text: "customers"},
        {text: "", number: high, some: ["tenure"]},
        {some: None, text: "x"},
    ):
        outcome = desk.run_with("check", names, [low, high], parameters)
        desk.note_outcome(f"{parameters} is possible, and left alone", outcome)
    desk.note("flow runs", len(desk.flow_runs()))


@examines(4)
def the_training_is_checked(desk: Desk) -> None:
    """Describe no training that could not run."""
    misspelt = desk.rng.choice(("n_estimator", "experiment", "trees"))
    wrong = [(misspelt, 5), ("n_estimators", desk.rng.choice((0, 1001, "many")))]
    for name, value in wrong:
        outcome = desk.run_with("describe", "training_deployment", _path(desk), {name: value})
        desk.note_failure(f"{name}={value!r}", outcome, name)


@examines(5)
def both_are_registered(desk: Desk) -> None:
    """Serve, and read in the database what has been registered by then."""
    path, count = _path(desk), desk.rng.randint(1, 1000)
    outcome = desk.run_with("serve", path, {"n_estimators": count})
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
    outcome = desk.run_with("serve", _path(desk), {name: 5})
    desk.note_failure("in the end", outcome, name)
    desk.note("registered", [one.name for one in desk.deployments()])
