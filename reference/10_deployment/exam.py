"""Examine 10_deployment: what deployments say, when they would start, what a server has of them.

The starts are computed in a process of its own, by Prefect's scheduler, in years that no test asks
for. What `serve_pipelines` has registered is read from the engine's database.
"""

from __future__ import annotations

import datetime
from typing import Any

from dojo.exam.shared.paris import clock_change, span
from dojo.exam.stage import Desk, Outcome, examines
from dojo.world.draw import Draw

_UTC = datetime.timezone.utc
_NIGHT, _HOUR = "training_deployment", "inference_deployment"


def _path(desk: Desk) -> str:
    """Draw a path: at work it has spaces, quotes, accents and ways around."""
    names = Draw(desk.rng.randrange(10**6)).names()
    return f"./exports of {names['spaces']}/../{names['quotes']} {names['accents']}.csv"


def _others(desk: Desk) -> list[dict[str, Any]]:
    """Draw parameters, both ends of the limit among them."""
    rng = desk.rng
    return [
        {"n_estimators": rng.choice((1, 1000))},
        {"experiment_name": f"d'essai {rng.randrange(99)} à Łódź"},
        {"n_estimators": rng.randint(2, 999), "experiment_name": ""},
    ]


def _spans(desk: Desk, days: int) -> list[list[str]]:
    """Draw both changes of the clocks, and some days that have a leap day within."""
    years = desk.rng.sample(range(2028, 2038), 3)
    before = datetime.timedelta(days=1)
    leap = datetime.date(desk.rng.choice((2028, 2032, 2036)), 2, 29)
    return [
        span(clock_change(years[0], 3) - before, 3),
        span(clock_change(years[1], 10) - before, 3),
        span(leap - datetime.timedelta(days=desk.rng.randrange(days - 1)), days),
        span(datetime.date(years[2], desk.rng.randint(1, 12), desk.rng.randint(1, 28)), 2),
    ]


def _plain(outcome: Outcome) -> dict[str, Any]:
    """Return what an inner function has told; of a call that raised, that."""
    told = outcome.returned
    is_list = isinstance(told, dict) and isinstance(told.get("told"), list)
    return told if is_list else {"told": [outcome.told]}


def _note_described(desk: Desk, outcome: Outcome, spans: list[list[str]]) -> None:
    """Note what each deployment says and when it starts, and whether the server heard of it."""
    told = _plain(outcome)
    schedules = [one.pop("schedules", []) if isinstance(one, dict) else [] for one in told["told"]]
    desk.note("they say", told["told"])
    desk.note("they start", desk.run_apart("starts_of_each", schedules, spans))
    desk.note("the server was asked", told.get("asked"))
    desk.note("registered", [one.name for one in desk.deployments()])


@examines(1, rests_on=("answer", "record", "word"))
def the_training_of_drawn_years(desk: Desk) -> None:
    """Look at the nightly training, the usual one and others, for years that no test asks for."""
    path = _path(desk)
    calls = [(_NIGHT, path, {}), *((_NIGHT, _path(desk), one) for one in _others(desk))]
    outcome = desk.run_with("describe", [*calls, calls[0]])
    _note_described(desk, outcome, _spans(desk, 366))


@examines(2, rests_on=("answer", "record", "word"))
def the_inference_of_drawn_years(desk: Desk) -> None:
    """Look at the hourly inference, of one path, of another, of the first one again."""
    path = _path(desk)
    calls: list[Any] = [(_HOUR, one, {}) for one in (path, _path(desk), path)]
    _note_described(desk, desk.run_with("describe", calls), _spans(desk, 40))


def _zone(desk: Desk) -> str:
    return desk.rng.choice(("Europe/Paris", "UTC", "America/Montreal", "Asia/Tokyo"))


def _cron(when: str, **more: Any) -> dict[str, Any]:
    return {"kind": "Cron", "when": when, **more}


def _interval(seconds: float, anchor: datetime.datetime) -> dict[str, Any]:
    return {
        "kind": "Interval",
        "when": seconds,
        "anchor_date": anchor.isoformat(),
        "timezone": "UTC",
    }


def _rrule(rule: str, zone: str) -> dict[str, Any]:
    return {"kind": "RRule", "when": rule, "timezone": zone}


def _some_schedules(desk: Desk) -> list[dict[str, Any]]:
    """Draw one of each kind, one of them twice, and one that is switched off."""
    rng = desk.rng
    twice = _cron(f"{rng.randrange(60)} {rng.randint(4, 23)} * * *", timezone=_zone(desk))
    anchor = datetime.datetime(2027, 1, 1, rng.randrange(24), 13, tzinfo=_UTC)
    rule = f"RRULE:FREQ=DAILY;BYHOUR={rng.randint(4, 23)};BYMINUTE={rng.randrange(60)};BYSECOND=0"
    drawn = [
        twice,
        {**twice, "parameters": {"site": "Laval"}},
        _interval(60 * rng.randint(150, 900), anchor),
        _rrule(rule, _zone(desk)),
        _cron("*/7 * * * *", timezone="UTC", active=False),
    ]
    rng.shuffle(drawn)
    return drawn


def _around(moment: datetime.datetime) -> list[datetime.datetime]:
    """Return a moment, and those just before and after it."""
    near = (datetime.timedelta(microseconds=1), datetime.timedelta(seconds=0.5))
    return [moment, *(moment + one for one in near), *(moment - one for one in near)]


def _asks(desk: Desk, moments: list[datetime.datetime], most: int) -> list[tuple[str, str, int]]:
    """Ask at each moment, told in a drawn zone, for a drawn number of starts."""
    rng = desk.rng
    return [
        (moment.isoformat(), rng.choice(("UTC", "Asia/Tokyo")), rng.randint(1, most))
        for moment in moments
    ]


def _note_asked(
    desk: Desk, what: str, drawn: list[dict[str, Any]], asks: Any, paused: bool = False
) -> None:
    desk.note_outcome(what, desk.run_with("ask", drawn, paused, asks))


@examines(3, rests_on=("answer",))
def schedules_of_all_kinds(desk: Desk) -> None:
    """Ask for the next starts of schedules together, of a deployment that is paused, of none."""
    rng = desk.rng
    day = datetime.datetime(
        rng.randint(2028, 2037), rng.choice((1, 6, 12)), rng.randint(1, 28), tzinfo=_UTC
    )
    minutes = [day + datetime.timedelta(minutes=rng.randrange(1440)) for _ in range(3)]
    for paused in (False, True):
        asks = _asks(desk, minutes, 20)
        _note_asked(desk, f"of several, paused: {paused}", _some_schedules(desk), asks, paused)
    hundred = [(day.isoformat(), "UTC", 100)]
    _note_asked(desk, "a hundred", [_cron(f"{rng.randrange(60)} * * * *")], hundred)
    _note_asked(desk, "of none", [], _asks(desk, minutes[:1], 3))


@examines(3, rests_on=("answer",))
def starts_that_have_just_been(desk: Desk) -> None:
    """Ask just before, at and just after a start: of a cron, of an interval of odd seconds."""
    rng = desk.rng
    at = datetime.datetime(rng.randint(2028, 2037), 9, rng.randint(1, 28), 14, 30, tzinfo=_UTC)
    _note_asked(
        desk,
        "of a cron",
        [_cron("30 14 * * *", timezone="UTC")],
        _asks(desk, _around(at), 4),
        False,
    )
    seconds = rng.choice((20, 45, 90))
    anchor = at + datetime.timedelta(seconds=rng.choice((0.25, 0.5)))
    later = anchor + datetime.timedelta(seconds=seconds * rng.randint(1, 500))
    asks = [*_asks(desk, _around(later), 9), *_asks(desk, [later.replace(microsecond=0)], 9)]
    _note_asked(desk, "of an interval", [_interval(seconds, anchor)], asks)


@examines(3, rests_on=("answer",))
def hours_that_come_twice(desk: Desk) -> None:
    """Ask across the double hour, from each side of it and from within."""
    rng = desk.rng
    step = rng.choice((10, 15, 20, 30))
    change = datetime.datetime.combine(
        clock_change(rng.randint(2028, 2037), 10), datetime.time(0), _UTC
    )
    half = datetime.timedelta(minutes=30)
    asks = [
        ((change + half * number).isoformat(), "Europe/Paris", 60 // step * 2 + 1)
        for number in range(-1, 4)
    ]
    _note_asked(desk, "across the double hour", [_cron(f"*/{step} * * * *")], asks)


@examines(3, rests_on=("answer",))
def starts_that_are_rare(desk: Desk) -> None:
    """Ask for starts that are years away, for more than there are, for those of a whole rule."""
    rng = desk.rng
    day = datetime.datetime(rng.randint(2028, 2036), rng.randint(3, 9), 7, 12, tzinfo=_UTC)
    last = f"DTSTART:{day:%Y%m%d}T060000\nRRULE:FREQ=DAILY;COUNT={rng.randint(3, 6)}"
    paris = {"timezone": "Europe/Paris"}
    for what, one in {
        "of a leap day": _cron("0 6 29 2 *", **paris),
        "of each month": _cron(f"0 6 {rng.randint(1, 28)} * *", **paris),
        "of each Friday the 13th": _cron("0 6 13 * 5", day_or=False, **paris),
        "of a rule that ends": _rrule(last, "Europe/Paris"),
    }.items():
        _note_asked(
            desk, what, [one], [(day.isoformat(), "UTC", 2), (day.isoformat(), "UTC", 9)], False
        )


_MODULE = """
from datetime import date as Day
from typing import Annotated, Literal
from pydantic import AfterValidator, Field

Size = Annotated[int, Field(ge={low}, le={high})]

def known(name):
    if name not in ("UTC", "Asia/Tokyo"):
        raise ValueError("no such place")
    return name

Place = Annotated[str, AfterValidator(known)]

def plain({text}: str, {number}: Size = {low}, {some}: list[str] | None = None) -> None:
    raise AssertionError("a check must not run the flow")

def as_text({text}: "str", {number}: "Size" = {low}, {some}: "list[str] | None" = None) -> "None":
    raise AssertionError("a check must not run the flow")

def nested({text}: "dict[str, 'Size']", *, {number}: "list['Size'] | None" = None) -> "None":
    raise AssertionError("a check must not run the flow")

async def since({text}: Day, *, {number}: Place = "UTC", {some}: Literal["a", "b"] = "a"):
    raise AssertionError("a check must not run the flow")

def many(kind):
    def one({text}: kind) -> None:
        raise AssertionError("a check must not run the flow")
    return one

size, day = many(Size), many(Day)
Flow = Path = date = datetime = Size  # what the submission's module has under these names

def namesakes({text}: "Flow", *, {number}: "{namesake}" = {low}, {some}: "Path | date" = {low}):
    raise AssertionError("a check must not run the flow")

def nothing() -> None:
    raise AssertionError("a check must not run the flow")
"""


def _wrong(
    names: list[str], low: int, high: int, rng: Any
) -> list[tuple[str, str, dict[str, Any]]]:
    """Return functions, what is wrong, and the parameters that have it."""
    text, number, some = names
    off = (low - 1, high + 1, "many", 2.5, None)
    found: list[tuple[str, str, dict[str, Any]]] = []
    for one in ("plain", "as_text"):
        found += [
            (one, f"{number}x", {text: "customers", f"{number}x": rng.choice((low, None))}),
            (one, text, {number: low}),
            (one, text, {text: rng.choice((None, 7)), number: low}),
            *((one, number, {text: "customers", number: value}) for value in off),
            (one, some, {text: "customers", some: [[rng.randrange(9)]]}),
            (one, some, {text: "customers", some: "calls"}),
        ]
    first = {text: "date:2026-03-29"}
    return [
        *found,
        *(("nested", text, {text: {"a": low, "b": value}}) for value in off[:3]),
        ("nested", number, {text: {}, number: [high, rng.choice(off[:3])]}),
        *(("since", text, {text: value}) for value in ("29/03/2026", "2026-02-30", None)),
        ("since", number, {**first, number: "Europe/Pariss"}),
        ("since", some, {**first, some: rng.choice(("A", "c"))}),
        ("since", f"{some}x", {**first, f"{some}x": "a"}),
        ("size", text, {text: "date:2026-03-29"}),
        ("day", text, {text: "many"}),
        *(("namesakes", one, {**dict.fromkeys(names, low), one: rng.choice(off)}) for one in names),
        ("nothing", text, {text: low}),
    ]


def _right(names: list[str], low: int, high: int) -> list[tuple[str, dict[str, Any]]]:
    """Return functions, and parameters with which they can run."""
    text, number, some = names
    first = {text: "date:2026-03-29"}
    return [
        *((one, {text: "customers"}) for one in ("plain", "as_text")),
        *((one, {number: high, some: ["é"], text: ""}) for one in ("plain", "as_text")),
        *((one, {some: None, text: "x", number: low}) for one in ("plain", "as_text")),
        ("nested", {text: {"a": low, "b": high}, number: [high]}),
        ("nested", {text: {}, number: None}),
        ("since", first),
        ("since", {**first, number: "Asia/Tokyo", some: "b"}),
        ("size", {text: high}),
        ("day", first),
        ("namesakes", dict.fromkeys(names, high)),
        ("nothing", {}),
    ]


@examines(4, rests_on=("answer", "record", "word"))
def parameters_of_drawn_flows(desk: Desk) -> None:
    """Check for flows of drawn names and limits, of two modules that look alike; none may run."""
    rng = desk.rng
    sources, checks, culprits = {}, [], []
    names = [f"{word}_{rng.randrange(1000)}" for word in ("table", "depth", "columns")]
    for module, low in (("drawn_here", rng.randint(2, 20)), ("drawn_there", rng.randint(50, 70))):
        high = low + rng.randint(2, 20)
        words = dict(zip(("text", "number", "some"), names, strict=True))
        words["namesake"] = rng.choice(("date", "datetime"))
        sources[module] = _MODULE.format(low=low, high=high, **words)
        for function, culprit, parameters in _wrong(names, low, high, rng):
            checks.append((module, function, parameters))
            culprits.append(culprit)
        for function, parameters in _right(names, low, high):
            checks.append((module, function, parameters))
            culprits.append("")
    order = rng.sample(range(len(checks)), len(checks))
    outcome = desk.run_with("check", sources, [checks[number] for number in order])
    told = _plain(outcome)
    said = told["told"]
    desk.note("checked", len(said))
    for number, one in zip(order, said, strict=False):
        desk.note(f"{number}: {checks[number]}", _refusal(one, culprits[number]))
    desk.note("the server was asked", told.get("asked"))
    desk.note("flow runs", len(desk.flow_runs()))


def _refusal(told: Any, culprit: str) -> Any:
    """Say whether a call was refused with a text that names the culprit."""
    if not isinstance(told, dict) or "refused" not in told:
        return told
    return {"refused": True, "names it": culprit in told["refused"]}


def _impossible(desk: Desk) -> list[tuple[Any, dict[str, Any], str]]:
    """Draw what the training cannot run with: path, other parameters, and what is wrong."""
    rng, path = desk.rng, _path(desk)
    misspelt = rng.choice(("n_estimator", "experiment", "trees"))
    return [
        (path, {misspelt: rng.choice((5, None))}, misspelt),
        *((path, {"n_estimators": value}, "n_est") for value in (0, 1001, "many", None)),
        (path, {"experiment_name": rng.choice((None, 7))}, "experiment_name"),
        (rng.choice((None, 7)), {}, "path"),
        (None, {"n_estimators": 50}, "path"),
    ]


@examines(4, rests_on=("answer", "word"))
def the_training_is_checked(desk: Desk) -> None:
    """Describe no training that could not run."""
    drawn = _impossible(desk)
    outcome = desk.run_with("describe", [(_NIGHT, path, more) for path, more, _ in drawn])
    told = _plain(outcome)
    refused = zip(told["told"], drawn, strict=False)
    desk.note("refused", [_refusal(one, culprit) for one, (_, _, culprit) in refused])
    desk.note("the server was asked", told.get("asked"))


@examines(5, rests_on=("record", "word"))
def both_are_registered(desk: Desk) -> None:
    """Serve, fail to, and serve again; then read in the database what is registered."""
    first, path = _path(desk), _path(desk)
    old, more = _others(desk)[0], _others(desk)[2]
    silent = desk.rng.choice((True, False))
    calls = [
        (None, False, first, old),
        ("nightly", silent, path, {}),
        ("hourly", not silent, path, old),
        (None, False, path, more),
    ]
    told = _plain(desk.run_with("serve", calls))["told"]
    for (refused, *_), one, number in zip(calls, told, range(9), strict=False):
        if isinstance(one, dict) and "raised" in one:
            one["raised"] = bool(one["raised"])
        desk.note(f"call {number}, refused: {refused}", one)
    found = desk.deployments()
    for one in found:
        said = [one.flow, one.parameters, one.tags, one.limit, one.one_too_many]
        desk.note(f"{one.name} on the server", said)
    desk.note("registered", [one.name for one in found])
    spans = _spans(desk, 10)
    desk.note(
        "they start", desk.run_apart("starts_of_each", [one.schedules for one in found], spans)
    )


@examines(5, rests_on=("record", "word"))
def nothing_is_registered(desk: Desk) -> None:
    """Serve with parameters that the training cannot have: the server sees nothing."""
    drawn = _impossible(desk)
    told = _plain(desk.run_with("serve", [(None, False, path, more) for path, more, _ in drawn]))[
        "told"
    ]
    for (_, more, culprit), one, number in zip(drawn, told, range(99), strict=False):
        if isinstance(one, dict) and "raised" in one:
            one["raised"] = [bool(one["raised"]), culprit in one["raised"]]
        desk.note(f"{number}: {more}", one)
    desk.note("registered", [one.name for one in desk.deployments()])
