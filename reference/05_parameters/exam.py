"""Examine 05_parameters: drawn settings, bad values among them, and what the engine recorded."""

from __future__ import annotations

from typing import Any

from dojo.exam.stage import Desk, Outcome, examines

_COLUMNS = ["tenure_months", "monthly_charges", "support_calls"]


def _customers(desk: Desk) -> str:
    rng = desk.rng
    lines = ["customer_id,tenure_months,monthly_charges,support_calls,contract,churned"]
    for number in range(rng.randint(80, 120)):
        calls = rng.randrange(9)
        left = int(calls + rng.randrange(5) > 6)
        lines.append(
            f"{number},{rng.randrange(72)},{rng.randrange(20, 120)},{calls},one year,{left}"
        )
    return desk.write("customers.csv", "\n".join(lines) + "\n")


def _report(outcome: Outcome) -> Any:
    told = outcome.told
    if outcome.raised or not isinstance(told, dict):
        return told
    names = ("trees", "deepest", "columns", "accuracy", "experiment_name")
    return {name: told.get(name) for name in names}


def _some_name(desk: Desk) -> str:
    return "".join(desk.rng.choice("abcXYZ019-_") for _ in range(desk.rng.randint(3, 9)))


def _refused(desk: Desk, what: str, outcome: Outcome, named: str) -> None:
    desk.note_failure(what, outcome, named)
    desk.note(f"{what}: task runs", len(desk.engine().task_runs))


@examines(1)
def only_what_is_overridden_changes(desk: Desk) -> None:
    """Train on the defaults, then with one setting."""
    path = _customers(desk)
    given: dict[str, Any] = desk.rng.choice(
        [{"n_estimators": desk.rng.randint(2, 30)}, {"max_depth": desk.rng.randint(2, 6)}]
    )
    desk.note("the report", _report(desk.call("train_churn_model", path, **given)))
    (run,) = desk.flow_runs()
    names = ("n_estimators", "max_depth", "experiment_name")
    desk.note("parameters recorded", {name: run.parameters.get(name) for name in names})
    desk.note("the path is recorded", run.parameters.get("path") == path)
    desk.note("it ended in", run.states[-1:])


@examines(2)
def bad_values_are_refused(desk: Desk) -> None:
    """Refuse what lies outside, before any work: the file does not even exist."""
    draws = [
        ("n_estimators", desk.rng.choice([0, -desk.rng.randint(1, 99), 1001])),
        ("max_depth", desk.rng.choice([0, 31, desk.rng.randint(32, 999)])),
        ("max_depth", desk.rng.randint(1, 20) + 0.5),
        ("experiment_name", desk.rng.choice(["", "a b", "x/y", "é"])),
    ]
    for name, value in draws:
        outcome = desk.call("train_churn_model", "/nowhere.csv", **{name: value})
        _refused(desk, f"{name}={value!r}", outcome, name)
    misspelt = desk.call("train_churn_model", "/nowhere.csv", n_estimator=5)
    desk.note("a misspelt parameter is refused", bool(misspelt.raised))


@examines(2)
def limits_are_allowed(desk: Desk) -> None:
    """Accept the ends of the ranges."""
    given = {"n_estimators": 1, "max_depth": desk.rng.choice([1, 30])}
    report = desk.call("train_churn_model", _customers(desk), **given)
    desk.note("the report", _report(report))


@examines(3)
def a_run_is_found_again(desk: Desk) -> None:
    """Name and tag the run after its configuration."""
    name, trees, depth = _some_name(desk), desk.rng.randint(2, 20), desk.rng.randint(2, 9)
    given = {"n_estimators": trees, "max_depth": depth, "experiment_name": name}
    desk.call("train_churn_model", _customers(desk), **given)
    tasks = desk.engine().task_runs
    runs = desk.flow_runs()
    tag = f"experiment:{name}"
    on_tasks = bool(tasks) and all(tag in run["tags"] for run in tasks)
    desk.note("its name", [run.name for run in runs if run.parent is None])
    desk.note("found by its tag", on_tasks or any(tag in run.tags for run in runs))


@examines(4)
def a_configuration_is_used(desk: Desk) -> None:
    """Train as a drawn configuration says, then without one."""
    path = _customers(desk)
    columns = desk.rng.sample(_COLUMNS, desk.rng.randint(1, 2))
    config = {"columns": columns, "forest": {"n_estimators": desk.rng.randint(2, 20)}}
    if desk.rng.random() < 0.5:
        config["experiment_name"] = _some_name(desk)
    desk.note("the report", _report(desk.call("train_from_config", path, config)))
    small = {"forest": {"max_depth": desk.rng.randint(2, 5)}}
    desk.note("the next report", _report(desk.call("train_from_config", path, small)))


@examines(4)
def bad_configurations_are_refused(desk: Desk) -> None:
    """Refuse unknown keys and bad values before any work."""
    word = "".join(desk.rng.choice("abcdef") for _ in range(8))
    draws: list[tuple[dict[str, Any], str]] = [
        ({word: 1}, word),
        ({"forest": {word: 1}}, word),
        ({"columns": [word]}, "columns"),
        ({"columns": ["support_calls", "support_calls"]}, "columns"),
        ({"forest": {"max_depth": desk.rng.randint(31, 99)}}, "max_depth"),
    ]
    for config, named in draws:
        outcome = desk.call("train_from_config", "/nowhere.csv", config)
        _refused(desk, f"config={config!r}", outcome, named)
