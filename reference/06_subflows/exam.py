"""Examine 06_subflows: files of drawn customers, prepared at training and again at inference.

What the features must be is computed here, since either kind of standard deviation is right.
"""

from __future__ import annotations

import json
import math
import statistics as of
from collections.abc import Callable, Iterable
from typing import Any

from dojo.exam.engine_account import FlowRun
from dojo.exam.stage import Desk, Outcome, examines
from dojo.world.draw import Customers, Draw, qualities

_NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
_MOST_CHARACTERS = 4000
# The contracts are what tasks 1 and 2 are about: a mistake there is not to cost the others.
_USUAL = (qualities.NEW_CONTRACT, qualities.NEAR_CONTRACT, qualities.BLANKS)
_ODD = (qualities.BLANK_WORDS, qualities.SIGNS_IN_CONTRACTS, qualities.LIKE_COLUMNS)

Scale = dict[str, tuple[float, float]]


def _draw(
    desk: Desk,
    count: int,
    *,
    also: Iterable[str] = (),
    tame: Iterable[str] = (),
    churned: bool = True,
    night: bool = False,
) -> Customers:
    """Draw customers; at night some numbers are far from the training's."""
    drawn = Draw(desk.rng.randrange(10**9)).customers(count, also=also, tame=tame, churned=churned)
    for name in _NUMBERS if night else ():
        there = [row for row in drawn if row[name] is not None]
        there[0][name] *= desk.rng.choice([100, 1000])
        there[-1][name] *= -1
    return drawn


def _changed(customers: Customers, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Customers:
    """Return the customers, with some of each one's values changed."""
    return Customers(({**row, **change(row)} for row in customers), customers.columns, None, "\n")


def _scales(past: Customers) -> list[Scale]:
    """Return mean and deviation of each column, with either kind of deviation."""
    found: list[Scale] = []
    for deviation in (of.pstdev, of.stdev):
        scale = {}
        for name in _NUMBERS:
            known = [float(row[name]) for row in past if row[name] is not None]
            alike = len(set(known)) < 2
            scale[name] = (of.fmean(known), 1.0 if alike else deviation(known))
        found.append(scale)
    return found


def _scaled(scale: Scale, row: dict[str, Any], name: str) -> float:
    mean, deviation = scale[name]
    return 0.0 if row[name] is None else (float(row[name]) - mean) / deviation


def _contracts(past: Customers) -> list[str]:
    return sorted({row["contract"] for row in past} - {None})


def _inputs(scale: Scale, past: Customers, row: dict[str, Any]) -> list[float]:
    """Return what the features of one customer must be."""
    ones = [float(row["contract"] == name) for name in _contracts(past)]
    return [*(_scaled(scale, row, name) for name in _NUMBERS), *ones]


def _near(seen: Any, expected: float) -> bool:
    return isinstance(seen, float) and math.isclose(seen, expected, rel_tol=1e-6, abs_tol=1e-6)


def _pair(outcome: Outcome) -> tuple[Any, Any]:
    """Take a returned pair apart; one that is none stays as it is."""
    if isinstance(outcome.returned, tuple) and len(outcome.returned) == 2:
        return outcome.returned
    return outcome.told, None


def _note_features(
    desk: Desk, what: str, outcome: Outcome, past: Customers, rows: Customers
) -> None:
    """Note all of the features; of the numbers, which are not on the training's scale."""
    told, _ = _pair(outcome)
    if not isinstance(told, dict) or "frame" not in told:
        desk.note(what, told)
        return
    frame = told["frame"]
    names, values = frame["columns"], frame["values"]
    desk.note(
        what,
        {
            "columns": names,
            "types": frame["types"],
            "index": frame["index"],
            "contracts": values[3:],
        },
    )
    cells = dict(zip(names, values, strict=True))
    wrong = [_off_scale(scale, cells, rows) for scale in _scales(past)]
    desk.note(f"{what}: not on the training's scale", min(wrong, key=len)[:3])


def _off_scale(scale: Scale, cells: dict[str, Any], rows: Customers) -> list[str]:
    wrong = []
    for name in _NUMBERS:
        seen = cells.get(name, [])
        if len(seen) != len(rows):
            wrong.append(f"{name}: {len(seen)} rows")
            continue
        for one, row in zip(seen, rows, strict=True):
            if not _near(one, _scaled(scale, row, name)):
                wrong.append(f"{name} of {row['customer_id']}: {one}")
    return wrong


def _through_json(desk: Desk, what: str, value: Any) -> Any:
    """Carry a value to another process, as a store does that sorts keys; note if it can be."""
    try:
        text = json.dumps(value, sort_keys=True)
    except (TypeError, ValueError):
        text = "null"
    back = json.loads(text)
    plain = value is not None and back == value
    desk.note(f"{what} as JSON", [plain, len(text) < _MOST_CHARACTERS])
    return back if plain else value


def _family(runs: list[FlowRun], most: int = 1) -> list[list[Any]]:
    """Return how each run that is no child ended, and how many children it had, up to `most`."""
    return [
        [run.states[-1], min(sum(child.parent == run.id for child in runs), most)]
        for run in runs
        if run.parent is None
    ]


def _failed_children(runs: list[FlowRun]) -> list[bool]:
    """Say of each run that is no child whether a child of it has failed."""
    return [
        any(child.parent == run.id and child.states[-1] == "Failed" for child in runs)
        for run in runs
        if run.parent is None
    ]


def _common_children(runs: list[FlowRun]) -> set[str]:
    """Return the flows that are a child of each run that is no child."""
    children = [
        {child.flow for child in runs if child.parent == run.id}
        for run in runs
        if run.parent is None
    ]
    return set.intersection(*children) if children else set()


@examines(1, rests_on=("answer",))
def prepared_at_training(desk: Desk) -> None:
    """Prepare drawn customers: odd contracts, many of them, digits, numbers of all kinds."""
    rng = desk.rng
    odd = _draw(desk, rng.randint(120, 160), also=_ODD)
    digits = _changed(
        _draw(desk, 60, also=[qualities.ALL_ALIKE]),
        lambda row: {"contract": row["contract"] and rng.choice(["12", "012", "24"])},
    )
    many = _changed(
        _draw(desk, rng.randint(310, 330), also=[qualities.MANY_CONTRACTS]),
        lambda row: {"monthly_charges": row["monthly_charges"] and row["monthly_charges"] / 1e10},
    )
    great = _draw(desk, 50, also=[qualities.NEAR_NUMBERS])
    known = rng.randrange(10, 20)
    few = _changed(great, lambda row: {"support_calls": 2.5 if row is great[known] else None})
    files = {"odd": odd, "digits": digits, "many": many, "great": great, "few": few}
    for name, past in files.items():
        outcome = desk.call("data_preparation", desk.write(f"{name}.csv", past.csv()))
        _note_features(desk, name, outcome, past, past)


@examines(1, rests_on=("answer",))
def learnt_from_everybody(desk: Desk) -> None:
    """Prepare half a million customers, the last of whom is unlike all others; then all again."""
    count, calls = 2**19 + desk.rng.randrange(1, 99), desk.rng.randrange(100, 999)
    told = desk.run_with("prepare_long", count, calls).returned
    told = told if isinstance(told, dict) else {}
    desk.note("rows and columns", [told.get("rows"), told.get("columns"), told.get("again")])
    mean = calls / count
    wanted = [
        (calls - mean) / math.sqrt((calls**2 / count - mean**2) * count / (count - kind))
        for kind in (0, 1)
    ]
    desk.note("the last one's calls", any(_near(told.get("last"), one) for one in wanted))
    desk.note("the statistics are small", told.get("size", _MOST_CHARACTERS) < _MOST_CHARACTERS)


@examines(2, rests_on=("answer",))
def prepared_as_at_training(desk: Desk) -> None:
    """Prepare other customers with what the training has learnt, after a newer training too."""
    rng = desk.rng
    past = _draw(desk, rng.randint(60, 90), also=_ODD)
    tonight = _draw(desk, rng.randint(20, 30), also=_ODD[1:], churned=False, night=True)
    tonight = Customers(tonight, tonight.columns, None, "\n")
    # In as many bytes as tonight's: the same cells, of other customers.
    swapped = zip(tonight, reversed(tonight), strict=True)
    other = ({**row, **{name: one[name] for name in _NUMBERS}} for row, one in swapped)
    tomorrow = Customers(other, tonight.columns, None, "\n")
    empty = _changed(
        _draw(desk, rng.randint(9, 20)), lambda _: {"churned": None, "support_calls": None}
    )
    some = rng.choice(past)
    alone = Customers([some], past.columns, None, "\n")
    trained = desk.call("data_preparation", desk.write("past.csv", past.csv()))
    _, learnt = _pair(trained)
    learnt = _through_json(desk, "the statistics", learnt)
    given = learnt if isinstance(learnt, dict) else trained.part(1)
    nights = {"tonight": tonight, "empty": empty, "alone": alone}
    for name, rows in nights.items():
        path = desk.run_with("put", f"{name}.csv", rows.csv()).handle
        outcome = desk.call("data_preparation", path, given)
        _note_features(desk, name, outcome, past, rows)
        desk.note(f"{name}: the statistics come back as they were", _pair(outcome)[1] == learnt)
    newer = _changed(past, lambda row: {"support_calls": (row["support_calls"] or 0) * 3 + 1})
    desk.call("data_preparation", desk.write("newer.csv", newer.csv()))
    path = desk.run_with("put", "tonight.csv", tomorrow.csv()).handle
    _note_features(desk, "tomorrow", desk.call("data_preparation", path, given), past, tomorrow)
    # Of these nobody has called, or has a contract: what is learnt is 0, and an empty list.
    few = _changed(past, lambda _: {"support_calls": 0, "contract": None})
    little = desk.call("data_preparation", desk.write("few.csv", few.csv())).part(1)
    outcome = desk.call("data_preparation", path, little)
    _note_features(desk, "little learnt", outcome, few, tomorrow)


@examines(2, rests_on=("answer",))
def files_that_cannot_be_read(desk: Desk) -> None:
    """Fail over a column that is gone, and read all customers of a torn file or none."""
    past = _draw(desk, 40)
    trained = desk.call("data_preparation", desk.write("past.csv", past.csv()))
    given = trained.part(1)
    for name in ("customer_id", *_NUMBERS, "contract"):
        header, _, rest = past.csv().partition("\n")
        other = header.replace(name, desk.rng.choice([name.capitalize(), f"the {name[:4]}"]))
        path = desk.write(f"{name}.csv", f"{other}\n{rest}")
        desk.note_failure(f"without {name}", desk.call("data_preparation", path, given), name)
        at_training = desk.call("data_preparation", path)
        desk.note_failure(f"without {name}, at training", at_training, name)
    nowhere = f"/nowhere/{desk.rng.randrange(10**6)}.csv"
    desk.note_failure("no file", desk.call("data_preparation", nowhere, given))
    torn = _draw(desk, desk.rng.randint(9, 15), also=[qualities.FIELD_TOO_MANY], churned=False)
    outcome = desk.call("data_preparation", desk.write("torn.csv", torn.csv()), given)
    told, _ = _pair(outcome)
    frame = told.get("frame") if isinstance(told, dict) else None
    index = frame["index"] if isinstance(frame, dict) else []
    all_there = {row["customer_id"] for row in torn} <= {one for one in index if type(one) is int}
    desk.note("torn: an error, or all", bool(outcome.raised) or all_there)


@examines(3, rests_on=("answer", "record"))
def one_child_two_parents(desk: Desk) -> None:
    """Train twice, then score others with a model of the first, as it came from a store."""
    rng = desk.rng
    also = [qualities.LIKE_COLUMNS]
    past = _draw(desk, rng.randint(100, 140), also=also, tame=_USUAL)
    newer = _draw(desk, 60, tame=_USUAL)
    tonight = _changed(
        _draw(desk, rng.randint(12, 20), also=also, tame=_USUAL, churned=False),
        lambda _: {"contract": "one year"},
    )
    trained = desk.call("training_pipeline", desk.write("past.csv", past.csv()))
    desk.call("training_pipeline", desk.write("newer.csv", newer.csv()))
    told = trained.returned if isinstance(trained.returned, dict) else {}
    given = _through_json(desk, "what was trained", told)
    model: Any = given.get("model") if isinstance(given, dict) else None
    weights = model.get("weights", []) if isinstance(model, dict) else []
    desk.note("the weights", weights, within=0.05)
    known = isinstance(model, dict) and isinstance(model.get("intercept"), float)
    if not known or not all(isinstance(one, float) for one in weights):
        desk.note("the model", trained.told if trained.raised else model)
        return
    # As last month's was, in another process: not one that this process has trained.
    model["intercept"] += 0.5
    path = desk.write("tonight.csv", tonight.csv())
    scores = desk.call("inference_pipeline", path, given)
    told = scores.returned if isinstance(scores.returned, dict) else {}
    desk.note("scored", list(told) if told else scores.told)
    wrong = [_wrong_scores(model, scale, past, tonight, told) for scale in _scales(past)]
    desk.note("wrong scores", min(wrong, key=len))
    runs = desk.flow_runs()
    desk.note("the runs, and their children", _family(runs))
    desk.note("all have a child in common", bool(_common_children(runs)))


def _wrong_scores(
    model: dict[str, Any], scale: Scale, past: Customers, rows: Customers, told: dict[Any, Any]
) -> list[str]:
    weights, wrong = model["weights"], []
    if len(weights) != len(_NUMBERS) + len(_contracts(past)):
        return [f"{len(weights)} weights"]
    for row in rows:
        inputs = _inputs(scale, past, row)
        logit = sum(weight * one for weight, one in zip(weights, inputs, strict=True))
        expected = 1 / (1 + math.exp(-max(-500.0, logit + model["intercept"])))
        if not _near(told.get(row["customer_id"]), expected):
            wrong.append(f"{row['customer_id']}: {told.get(row['customer_id'])}")
    return wrong


@examines(3, rests_on=("record",))
def a_child_fails_its_parent(desk: Desk) -> None:
    """Fail with the child: there is no file, or a column is gone."""
    past = _draw(desk, 60, tame=_USUAL)
    trained = desk.call("training_pipeline", desk.write("past.csv", past.csv()))
    missing = desk.rng.choice(_NUMBERS)
    broken = desk.write("broken.csv", past.csv().replace(missing, "gone", 1))
    nowhere = f"/nowhere/{desk.rng.randrange(10**6)}.csv"
    for what, path, named in (("a column gone", broken, [missing]), ("no file", nowhere, [])):
        desk.note_failure(f"training, {what}", desk.call("training_pipeline", path), *named)
        outcome = desk.call("inference_pipeline", path, trained.handle)
        desk.note_failure(f"inference, {what}", outcome, *named)
    runs = desk.flow_runs()
    desk.note("the runs, and their children", _family(runs))
    desk.note("a child has failed", _failed_children(runs))


def _drift(scale: Scale, past: Customers, both: tuple[Customers, Customers]) -> dict[str, float]:
    names = [*_NUMBERS, *(f"contract_{name}" for name in _contracts(past))]
    tonight, reference = (
        [
            of.fmean(cells)
            for cells in zip(*(_inputs(scale, past, row) for row in rows), strict=True)
        ]
        for rows in both
    )
    return {name: now - then for name, now, then in zip(names, tonight, reference, strict=True)}


def _note_drift(
    desk: Desk, what: str, told: Any, past: Customers, both: tuple[Customers, Customers]
) -> None:
    """Note the columns of a report, and which of its numbers are wrong."""
    if not isinstance(told, dict):
        desk.note(what, told)
        return
    desk.note(what, sorted(map(str, told)))
    wrong = [
        [
            name
            for name, one in _drift(scale, past, both).items()
            if not _near(_float(told.get(name)), one)
        ]
        for scale in _scales(past)
    ]
    desk.note(f"{what}: wrong", min(wrong, key=len))


@examines(4, rests_on=("answer", "record", "word"))
def a_report_has_two_children(desk: Desk) -> None:
    """Compare two files, neither of which has a contract that the training knew."""
    rng = desk.rng
    past = _draw(desk, rng.randint(60, 90), tame=_USUAL)
    tonight = _draw(desk, rng.randint(10, 30), tame=_USUAL, churned=False)
    tonight = _changed(tonight, lambda _: {"contract": "two years"})
    reference = _changed(past, lambda _: {"contract": rng.choice(["two years", "month-to-month"])})
    trained = desk.call("data_preparation", desk.write("past.csv", past.csv()))
    paths = [desk.write("tonight.csv", tonight.csv()), desk.write("then.csv", reference.csv())]
    told = desk.run_with("report", paths, trained.part(1)).returned
    told = told if isinstance(told, dict) else {"error": "none"}
    desk.note("its error", told.get("error"))
    desk.note("both files were open at once", told.get("met"))
    _note_drift(desk, "the drift", told.get("returned"), past, (tonight, reference))
    desk.note("the runs, and their children", _family(desk.flow_runs(), most=2))


@examines(4, rests_on=("record", "word"))
def a_child_fails_the_report(desk: Desk) -> None:
    """Fail the report with either child when both have ended; meanwhile another one works."""
    rng = desk.rng
    past = _draw(desk, 50, tame=_USUAL)
    other = _draw(desk, 20, tame=_USUAL, churned=False)
    trained = desk.call("data_preparation", desk.write("past.csv", past.csv()))
    missing = rng.choice(_NUMBERS)
    slow = desk.write("slow.csv", other.csv())
    paths = [slow, desk.write("broken.csv", past.csv().replace(missing, "gone", 1))]
    rng.shuffle(paths)
    others = [desk.write("other.csv", other.csv()), desk.write("then.csv", past.csv())]
    told = desk.run_with("two_reports", paths, slow, others, trained.part(1)).returned
    told = told if isinstance(told, dict) else {"first": {}, "second": {}}
    desk.note("its error names the column", missing in str(told["first"].get("error")))
    desk.note("a child was left at work", told.get("left"))
    desk.note("the other report's error", told["second"].get("error"))
    gone = [f"/nowhere/{desk.rng.randrange(10**6)}.csv" for _ in paths]
    alone = desk.call("data_preparation", gone[0], trained.part(1))
    both = desk.call("drift_report", *gone, trained.part(1))
    desk.note_failure("no file", alone)
    desk.note_failure("neither file", both)
    desk.note("neither file: the error of a child", both.raised == alone.raised)
    desk.note("the other report's files were open at once", told.get("met"))
    _note_drift(desk, "the other report", told["second"].get("returned"), past, (other, past))
    runs = desk.flow_runs()
    desk.note("the runs, and their children", sorted(_family(runs, most=2)))
    desk.note("a child has failed", sorted(_failed_children(runs)))


def _float(value: Any) -> Any:
    inner = value.get("numpy") if isinstance(value, dict) else value
    return float(inner) if isinstance(inner, (int, float)) else inner
