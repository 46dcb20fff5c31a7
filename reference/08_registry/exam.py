"""Examine 08_registry: a registry filled with drawn runs, and what is in it afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dojo.exam.shared.stores import registry_of
from dojo.exam.stage import Desk, examines
from dojo.wire.values import frame

_MODEL = "churn"
_COLUMNS = ("tenure_months", "support_calls")


def _runs(desk: Desk, count: int) -> list[dict[str, Any]]:
    """Draw runs whose training metric tells the wrong one; no two validate equally."""
    aucs = desk.rng.sample(range(60, 95), count)
    return [
        {
            "name": f"run-{desk.rng.randrange(10**6)}",
            "val_auc": auc / 100,
            "train_auc": round(1 - auc / 400, 4),
            "status": "FINISHED",
            "seed": desk.rng.randrange(10**6),
        }
        for auc in aucs
    ]


def _registry(desk: Desk) -> dict[str, Any]:
    with desk.database(str(Path("work") / desk.folder.name / "mlflow.db")) as database:
        return registry_of(database, _MODEL)


@examines(1)
def the_best_is_registered_once(desk: Desk) -> None:
    """Register the best of runs some of which are no candidates; then again."""
    runs = _runs(desk, 4)
    runs[0].update(val_auc=0.99, status="FAILED")
    runs[1].update(val_auc="nan")
    desk.rng.shuffle(runs)
    uri = desk.run_apart("fill", runs, [], {})
    for time in ("first", "second"):
        outcome = desk.call("register_best", uri, "tonight", 0.55)
        desk.note_outcome(f"the {time} call returned", outcome)
    desk.note("the registry", _registry(desk))


@examines(1)
def the_gate_keeps_out(desk: Desk) -> None:
    """Register nothing when nothing is good enough."""
    runs = _runs(desk, 2)
    uri = desk.run_apart("fill", runs, [], {})
    outcome = desk.call("register_best", uri, "tonight", max(one["val_auc"] for one in runs) + 0.01)
    desk.note_outcome("returned", outcome)
    desk.note("the registry", _registry(desk))


@examines(2)
def the_champion_is_challenged(desk: Desk) -> None:
    """Let three versions challenge, in a drawn order."""
    runs = _runs(desk, 3)
    names = [one["name"] for one in runs]
    uri = desk.run_apart("fill", runs, names, {})
    order = desk.rng.sample([1, 2, 3], 3)
    for version in order:
        outcome = desk.call("promote_if_better", uri, version)
        desk.note_outcome(f"after version {version}", outcome)
    desk.note("the registry", _registry(desk))


@examines(3)
def the_champion_scores(desk: Desk) -> None:
    """Score drawn customers with the champion, then with the newest."""
    runs = _runs(desk, 3)
    champion = desk.rng.randint(1, 2)
    uri = desk.run_apart("fill", runs, [one["name"] for one in runs], {"champion": champion})
    rows = {name: [desk.rng.uniform(-2, 2) for _ in range(6)] for name in _COLUMNS}
    for which in ("champion", "latest"):
        outcome = desk.call("score_customers", uri, frame(rows), which)
        desk.note_outcome(f"scores of the {which}", outcome)
    before = {"versions": 3, "champion": champion}
    found = _registry(desk)
    after = {"versions": len(found["versions"]), "champion": found["aliases"].get("champion")}
    desk.note("the registry is as it was", after == before)


@examines(3)
def no_champion_is_an_error(desk: Desk) -> None:
    """Raise where there is no champion."""
    runs = _runs(desk, 1)
    uri = desk.run_apart("fill", runs, [runs[0]["name"]], {})
    rows = {name: [0.0] for name in _COLUMNS}
    desk.note_failure("without a champion", desk.call("score_customers", uri, frame(rows)))


@examines(4)
def the_previous_one_is_back(desk: Desk) -> None:
    """Roll back, then try it again."""
    runs = _runs(desk, 3)
    champion, previous = desk.rng.sample([1, 2, 3], 2)
    aliases = {"champion": champion, "previous": previous}
    uri = desk.run_apart("fill", runs, [one["name"] for one in runs], aliases)
    desk.note_outcome("returned", desk.call("roll_back", uri))
    desk.note_failure("a second time", desk.call("roll_back", uri))
    desk.note("the registry", _registry(desk))
