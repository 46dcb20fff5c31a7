"""Examine 05_parameters: drawn settings, bad values among them, and what the engine recorded."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

from dojo.exam.stage import Desk, Outcome, examines
from dojo.world.draw import Draw, qualities

_COLUMNS = ["tenure_months", "monthly_charges", "support_calls"]
_LIMITS = {"n_estimators": (1, 1000), "max_depth": (1, 30)}
_PARAMETERS = [*_LIMITS, "experiment_name"]
_NOWHERE = "/nowhere.csv"
# Its own reasons, such as the terminal's width, may have a worker hold these.
_ENVIRONMENT = {
    "N_ESTIMATORS": "5",
    "MAX_DEPTH": "3",
    "EXPERIMENT_NAME": "of-the-worker",
    "COLUMNS": '["support_calls"]',
    "FOREST": '{"n_estimators": 5, "max_depth": 3}',
}
# What somebody may take them for.
_KEYS = ("name", "features", "trees", "tags", "path", "experimentName", "max_depth")
_INNER = ("trees", "depth", "n_trees", "estimators", "maxDepth", "random_state", "deepest")
_OTHER_SIGNS = (
    qualities.NAME_ACCENTS,
    qualities.LINE_BREAK,
    qualities.SPACES,
    qualities.SLASH,
    qualities.OTHER_DIGIT,
    qualities.BETWEEN_CASES,
    qualities.OTHER_CASE,
)


def _draw(desk: Desk) -> Draw:
    return Draw(desk.rng.randrange(10**9))


def _customers(desk: Desk) -> str:
    """Draw customers; the given tasks know no blanks."""
    return _draw(desk).customers(desk.rng.randint(80, 120), tame=[qualities.BLANKS]).csv()


def _changed(text: str, *, without: str = "", churned: str = "") -> str:
    """Write a file again, without a column, or with one value for who has left."""
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    names = [name for name in rows[0] if name != without]
    file = io.StringIO()
    writer = csv.DictWriter(file, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "churned": churned or row["churned"]} for row in rows)
    return file.getvalue()[: None if without else len(text)]


def _report(outcome: Outcome) -> Any:
    told = outcome.told
    if outcome.raised or not isinstance(told, dict):
        return told
    names = ("trees", "deepest", "columns", "accuracy", "experiment_name")
    return {name: told.get(name) for name in names}


def _some_name(desk: Desk) -> str:
    return "".join(desk.rng.choice("abcXYZ019-_") for _ in range(desk.rng.randint(3, 9)))


def _refused_values(desk: Desk, name: str) -> list[Any]:
    """Return values of each kind that a parameter must not have."""
    if name in _LIMITS:
        least, most = _LIMITS[name]
        far = desk.rng.randint(2, 99)
        whole = desk.rng.randint(2, 9)
        nearly = [least + 1e-7, most - desk.rng.random() / 2, math.nextafter(whole, math.inf)]
        return [least - 1, least - far, most + 1, most + far, *nearly, "7.5", None]
    drawn = _draw(desk).names()
    padded = f" {_some_name(desk)}"
    return ["", desk.rng.randint(1, 2025), None, padded, *(drawn[kind] for kind in _OTHER_SIGNS)]


class _Refusals:
    """Notes how calls end that must be refused before any work."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._began = 0

    def note(self, what: str, outcome: Outcome, named: str, *, alone: bool = True) -> None:
        """Note whether a call was refused, who was named, and whether a task run had begun."""
        self._desk.note_failure(what, outcome, named)
        began = len(self._desk.engine().task_runs)
        self._desk.note(f"{what}: task runs", began - self._began)
        self._began = began
        if alone:
            others = [one for one in _PARAMETERS if one != named and one in outcome.text]
            self._desk.note(f"{what}: blames others", others)

    def end(self) -> None:
        """Note how the runs of refused calls ended: Failed, or there is none."""
        ends = {tuple(run.states[-1:]) for run in self._desk.flow_runs()} - {("Failed",)}
        self._desk.note("refused calls that did not fail", sorted(ends))


def _config(name: str, value: Any) -> dict[str, Any]:
    return {"forest": {name: value}} if name in _LIMITS else {name: value}


@examines(1, rests_on=("answer", "record", "word"))
def only_what_is_overridden_changes(desk: Desk) -> None:
    """Train with all settings, with one, on the defaults, and on a file that was mended."""
    rng, text = desk.rng, _customers(desk)
    path = desk.write("customers.csv", text)
    given: dict[str, Any] = {
        "n_estimators": rng.randint(2, 30),
        "max_depth": rng.randint(2, 6),
        "experiment_name": _some_name(desk),
    }
    first = desk.run_with("hand_out", "train_churn_model", path, given)
    desk.note("the report", _report(first))
    some = rng.choice(_PARAMETERS)
    desk.note("with one", _report(desk.call("train_churn_model", path, **{some: given[some]})))
    default = desk.run_with("call_where", _ENVIRONMENT, "train_churn_model", path)
    desk.note("on the defaults", _report(default))
    small = {"n_estimators": rng.randint(2, 9)}
    desk.write("customers.csv", _changed(text, churned="1"))
    desk.note("everybody leaves", _report(desk.call("train_churn_model", path, **small)))
    runs = desk.flow_runs()
    names = ("n_estimators", "max_depth", "experiment_name")
    recorded = [{name: run.parameters.get(name) for name in names} for run in runs]
    desk.note("parameters recorded", recorded)
    desk.note("the path is recorded", [run.parameters.get("path") == path for run in runs])
    desk.note("they ended in", [run.states[-1:] for run in runs])


@examines(2, rests_on=("answer", "record", "word"))
def bad_values_are_refused(desk: Desk) -> None:
    """Refuse what lies outside, before any work: the file does not even exist."""
    refusals = _Refusals(desk)
    for name in _PARAMETERS:
        for value in _refused_values(desk, name):
            outcome = desk.call("train_churn_model", _NOWHERE, **{name: value})
            refusals.note(f"{name}={value!r}", outcome, name)
    for name, (_, most) in _LIMITS.items():
        for kind in ("float64", "float32", "Decimal", "Fraction"):
            for number in (most + 0.9, desk.rng.randint(2, 9) + 0.2):
                outcome = desk.run_with("call_with_fraction", kind, name, number, _NOWHERE)
                refusals.note(f"{name}={kind}({number})", outcome, name)
    for name in ("n_estimator", desk.rng.choice(_INNER)):
        misspelt = desk.call("train_churn_model", _NOWHERE, **{name: 5})
        refusals.note(f"a misspelt parameter: {name}", misspelt, name, alone=False)
    refusals.end()


@examines(2, rests_on=("word",))
def limits_are_allowed(desk: Desk) -> None:
    """Accept the ends of the ranges, and a number as text or not."""
    path = desk.write("customers.csv", _customers(desk))
    given = {"n_estimators": 1, "max_depth": 30, "experiment_name": _some_name(desk)}
    desk.note("the report", _report(desk.call("train_churn_model", path, **given)))
    text, trees = desk.call("train_churn_model", path, n_estimators="8"), 8
    told = text.returned if isinstance(text.returned, dict) else {}
    used = told.get("trees") == trees or (bool(text.raised) and "n_estimators" in text.text)
    desk.note("'8' is 8, or refused", used)
    names = [_some_name(desk), *_draw(desk).names(signs="[A-Za-z0-9_-]").values()]
    for name in names:
        before = len(desk.engine().task_runs)
        most = {"n_estimators": 1000, "max_depth": 1, "experiment_name": name}
        desk.call("train_churn_model", _NOWHERE, **most)
        desk.note(f"{name} began", len(desk.engine().task_runs) > before)


@examines(3, rests_on=("record", "word"))
def a_run_is_found_again(desk: Desk) -> None:
    """Name and tag runs after their configuration, also one that fails."""
    rng, path = desk.rng, desk.write("customers.csv", _customers(desk))
    name, tags = _some_name(desk), [f"experiment:{_some_name(desk)}", _some_name(desk)]
    long = _draw(desk).names()[qualities.LATE_CHANGE]
    both = {"n_estimators": rng.randint(2, 20), "max_depth": rng.randint(2, 9)}
    calls: list[tuple[str, dict[str, Any]]] = [
        (path, {**both, "experiment_name": name}),
        (path, {"n_estimators": rng.randint(2, 20)}),
        (_NOWHERE, {"experiment_name": name.swapcase(), "max_depth": rng.randint(11, 30)}),
        (_NOWHERE, {"experiment_name": long, **both}),
    ]
    for number, (place, given) in enumerate(calls):
        outcome = desk.run_with("call_tagged", tags, place, given)
        desk.note_failure(f"call {number}", outcome)
    first = len(desk.engine().task_runs)
    small = {"n_estimators": 2, "experiment_name": name}
    untagged = desk.run_with("call_where_no_tag_is_changed", path, small)
    begun = len(desk.engine().task_runs)
    trees = rng.randint(2, 9)
    desk.call("train_churn_model", _NOWHERE, n_estimators=float(trees))
    tasks, runs = desk.engine().task_runs, desk.flow_runs()
    desk.note("their names", [run.name for run in runs[:4]])
    desk.note("they ended in", [run.states[-1:] for run in runs[:4]])
    found = []
    for (_, given), run in zip(calls, runs, strict=False):
        own = f"experiment:{given.get('experiment_name', 'default')}"
        on_tasks = [task["tags"] for task in tasks if task["flow_run_id"] == run.id]
        by_tasks = bool(on_tasks) and all(own in one for one in on_tasks)
        kept = all(set(tags) <= set(one) for one in (run.tags, *on_tasks))
        seen = {one for some in (run.tags, *on_tasks) for one in some}
        strange = {one for one in seen if one.startswith("experiment:")} - {own, *tags}
        found.append([by_tasks or own in run.tags, kept, sorted(strange)])
    desk.note("found by their tag; the caller's stay; no other's", found)
    told = [run.tags for run in runs[4:5]], [task["tags"] for task in tasks[first:begun]]
    is_found = any(some and all(f"experiment:{name}" in one for one in some) for some in told)
    desk.note("no tag is changed: found by it, or an error", is_found or bool(untagged.raised))
    # Such a number may be refused.
    last = [run.name for run in runs[5:]] if len(tasks) > begun else [f"default-{trees}x10"]
    desk.note("a whole float is named as the number", last == [f"default-{trees}x10"])


@examines(4, rests_on=("answer", "record", "word"))
def a_configuration_is_used(desk: Desk) -> None:
    """Train as drawn configurations say, one after the other, then without one."""
    rng, text = desk.rng, _customers(desk)
    path = desk.write("customers.csv", text)
    small = {"forest": {"n_estimators": rng.randint(2, 20)}}
    first = desk.run_with("hand_out", "train_from_config", path, {"config": small})
    desk.note("the trees only", _report(first))
    columns = rng.sample(_COLUMNS, 2)
    (lost,) = {*_COLUMNS} - {*columns}
    short = desk.write("short.csv", _changed(text, without=lost))
    config = {
        "columns": columns,
        "forest": {"max_depth": rng.randint(2, 5), "n_estimators": rng.randint(2, 20)},
        "experiment_name": _some_name(desk),
    }
    desk.note("all of it", _report(desk.call("train_from_config", short, config)))
    default = desk.run_with("call_where", _ENVIRONMENT, "train_from_config", path)
    desk.note("none", _report(default))
    named = {"experiment_name": _some_name(desk), "forest": {"max_depth": rng.randint(2, 5)}}
    desk.note("the depth only", _report(desk.call("train_from_config", path, named)))
    desk.note("nothing in it", _report(desk.call("train_from_config", path, {"forest": {}})))
    for trees, depth, name in ((1, 30, "-"), (1000, 1, _some_name(desk))):
        forest = {"n_estimators": trees, "max_depth": depth}
        before = len(desk.engine().task_runs)
        desk.call("train_from_config", _NOWHERE, {"experiment_name": name, "forest": forest})
        desk.note(f"{trees}x{depth} began", len(desk.engine().task_runs) > before)
    desk.note("they ended in", [run.states[-1:] for run in desk.flow_runs()])


@examines(4, rests_on=("answer", "record", "word"))
def bad_configurations_are_refused(desk: Desk) -> None:
    """Refuse unknown keys and bad values before any work."""
    rng, refusals = desk.rng, _Refusals(desk)
    word = "".join(rng.choice("abcdef") for _ in range(8))
    keys = [
        word,
        "experiment",
        "Forest",
        "_forest",
        "forest ",
        "n_estimators",
        *rng.sample(_KEYS, 3),
    ]
    inner = [word, "max_deph", "_max_depth", "max-depth", "N_estimators", "columns", *_INNER]
    draws: list[tuple[dict[str, Any], str]] = [
        *(({key: rng.choice([1, None, {}])}, key) for key in keys),
        *(({"forest": {key: 3}}, key) for key in inner),
        *(
            ({"columns": columns}, "columns")
            for columns in (
                [word],
                ["support_calls", "tenure"],
                ["support_calls", "support_calls"],
                ["churned"],
                ["Support_calls"],
                ["tenure_months", "support_calls "],
                [],
                "support_calls",
                None,
                {"support_calls": True, "tenure_months": False},
                [["support_calls"]],
                [{"name": "support_calls"}],
                [None],
            )
        ),
        *(({"forest": forest}, "forest") for forest in (None, '{"max_depth": 3}', [3])),
        *(
            (_config(name, value), name)
            for name in _PARAMETERS
            for value in _refused_values(desk, name)
        ),
    ]
    for config, named in draws:
        outcome = desk.call("train_from_config", _NOWHERE, config)
        refusals.note(f"config={config!r}", outcome, named, alone=False)
    refusals.end()
