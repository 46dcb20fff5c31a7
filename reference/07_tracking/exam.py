"""Examine 07_tracking: what a drawn training has left in the store."""

from __future__ import annotations

from pathlib import Path

from dojo.exam.shared.stores import runs_of, told_of
from dojo.exam.stage import Desk, examines
from dojo.wire.values import Packed, frame

_FEATURES = ("tenure_months", "monthly_charges", "support_calls")


def _customers(desk: Desk) -> Packed:
    count = desk.rng.randint(80, 140)
    calls = [desk.rng.randrange(9) for _ in range(count)]
    return frame(
        {
            "tenure_months": [desk.rng.randrange(72) for _ in range(count)],
            "monthly_charges": [desk.rng.randrange(20, 120) for _ in range(count)],
            "support_calls": calls,
            "churned": [int(one + desk.rng.randrange(5) > 6) for one in calls],
        }
    )


def _params(desk: Desk) -> dict[str, int]:
    return {"n_estimators": desk.rng.randint(3, 25), "max_depth": desk.rng.randint(2, 6)}


def _word(desk: Desk, start: str) -> str:
    return f"{start}-{desk.rng.randrange(10**6)}"


def _database(desk: Desk) -> str:
    return str(Path("work") / desk.folder.name / "mlflow.db")


@examines(1)
def one_training_one_run(desk: Desk) -> None:
    """Train twice, with other settings."""
    store = desk.run_apart("make_store")
    experiment, orchestrator = _word(desk, "night"), _word(desk, "tool")
    returned = []
    draws = [_params(desk), _params(desk)]
    for params in draws:
        outcome = desk.call(
            "track_training", _customers(desk), params, store, experiment, orchestrator
        )
        returned.append(outcome.told)
    with desk.database(_database(desk)) as database:
        runs = runs_of(database)
    desk.note("runs", len(runs))
    for number, (run_id, params) in enumerate(zip(returned, draws, strict=True), start=1):
        run = runs.get(run_id) if isinstance(run_id, str) else None
        seen = told_of(run, params) if run else f"no run has the id that was returned: {run_id!r}"
        desk.note(f"run {number}", seen, within=0.001)


@examines(1)
def a_failed_training(desk: Desk) -> None:
    """Fail with a setting that the forest refuses."""
    store, params = desk.run_apart("make_store"), {"n_estimators": 5, "max_depth": 0}
    outcome = desk.call("track_training", _customers(desk), params, store, "failing", "prefect")
    with desk.database(_database(desk)) as database:
        runs = list(runs_of(database).values())
    desk.note("it raised the training's own error", "ValueError" in outcome.kinds)
    desk.note("the runs", [told_of(run, params) for run in runs])


@examines(2)
def a_model_in_its_run(desk: Desk) -> None:
    """Log a model; load it in another process, where whole numbers have become floats."""
    store, params = desk.run_apart("make_store"), _params(desk)
    outcome = desk.call("track_model", _customers(desk), params, store, "models", "prefect")
    desk.note("it returned an address", isinstance(outcome.returned, str))
    with desk.database(_database(desk)) as database:
        runs = list(runs_of(database).values())
    desk.note("the runs", [told_of(run, params) for run in runs], within=0.001)
    rows = [[float(desk.rng.randrange(9)) for _ in _FEATURES] for _ in range(20)]
    desk.note("of the loaded model", desk.run_apart("try_model", str(outcome.returned), rows))


@examines(3)
def candidates_are_children(desk: Desk) -> None:
    """Compare drawn candidates, one of which fails."""
    store, orchestrator = desk.run_apart("make_store"), _word(desk, "tool")
    candidates: dict[str, dict[str, int]] = {
        _word(desk, "candidate"): _params(desk) for _ in range(desk.rng.randint(2, 4))
    }
    candidates[_word(desk, "broken")] = {"n_estimators": 5, "max_depth": 0}
    outcome = desk.call(
        "compare_candidates", _customers(desk), candidates, store, "comparison", orchestrator
    )
    with desk.database(_database(desk)) as database:
        runs = runs_of(database)
    parent = runs.get(outcome.returned) if isinstance(outcome.returned, str) else None
    desk.note("the parent", told_of(parent, {}) if parent else outcome.told)
    children = {
        run["name"]: told_of(run, candidates.get(run["name"], {}))
        for run in runs.values()
        if run["tags"].get("mlflow.parentRunId") == outcome.returned
    }
    desk.note("the children", dict(sorted(children.items())), within=0.001)
    desk.note("runs", len(runs))


@examines(3)
def all_candidates_fail(desk: Desk) -> None:
    """Fail when nothing could be trained."""
    store = desk.run_apart("make_store")
    candidates = {_word(desk, "broken"): {"n_estimators": 5, "max_depth": 0} for _ in range(2)}
    outcome = desk.call(
        "compare_candidates", _customers(desk), candidates, store, "comparison", "prefect"
    )
    with desk.database(_database(desk)) as database:
        statuses = sorted(run["status"] for run in runs_of(database).values())
    desk.note_failure("in the end", outcome)
    desk.note("the runs ended in", statuses)
