"""Examine 09_full_pipeline: nights on a flaky API, and what they leave in the registry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dojo.exam.outside_api import answer
from dojo.exam.shared.stores import registry_of, runs_of
from dojo.exam.stage import Desk, Outcome, examines
from dojo.wire.values import Packed, frame

_MODEL = "churn"
_CONTRACTS = ("month-to-month", "one year", "two years")


def _customers(desk: Desk, *, churned: bool) -> list[dict[str, Any]]:
    rng = desk.rng
    found = []
    for number in rng.sample(range(1000, 9000), rng.randint(100, 160)):
        calls = rng.randrange(9)
        one = {
            "customer_id": number,
            "tenure_months": rng.randrange(72),
            "monthly_charges": rng.randrange(20, 120),
            "support_calls": calls,
            "contract": rng.choice(_CONTRACTS),
        }
        found.append({**one, "churned": int(calls + rng.randrange(6) > 7)} if churned else one)
    return found


def _features(desk: Desk) -> Packed:
    """Make what `data_preparation` returns."""
    rows = _customers(desk, churned=True)
    names = ("tenure_months", "monthly_charges", "support_calls")
    columns = {name: [float(row[name]) for row in rows] for name in names}
    columns |= {one: [float(row["contract"] == one) for row in rows] for one in _CONTRACTS}
    return frame({**columns, "churned": [float(row["churned"]) for row in rows]})


def _candidates(desk: Desk) -> dict[str, Any]:
    """Draw two candidates, one of which learns from what matters: there is no tie."""
    columns = ["support_calls", desk.rng.choice(["tenure_months", "monthly_charges"])]
    desk.rng.shuffle(columns)
    return {
        f"candidate-{desk.rng.randrange(10**6)}": {
            "columns": [column],
            "C": round(desk.rng.uniform(0.05, 2), 2),
        }
        for column in columns
    }


def _path(desk: Desk) -> str:
    return str(Path("work") / desk.folder.name / "mlflow.db")


def _winner(outcome: Outcome) -> Any:
    told = outcome.told
    if not isinstance(told, dict) or outcome.raised:
        return told
    return {name: told.get(name) for name in ("name", "val_auc")}


def _family(runs: dict[str, dict[str, Any]]) -> list[list[Any]]:
    """Return each run as its parent's orchestrator, its name when it has a parent, its status."""
    family = []
    for run in runs.values():
        parent = runs.get(run["tags"].get("mlflow.parentRunId", ""))
        known = {**run["tags"], **run["params"]}
        name = run["name"] if parent else ""
        family.append([bool(parent), name, str(known.get("orchestrator")), run["status"]])
    return sorted(family)


@examines(1)
def candidates_compete(desk: Desk) -> None:
    """Compare drawn candidates, one of which has no settings."""
    store, candidates = desk.run_apart("make_store"), _candidates(desk)
    candidates["broken"] = {"columns": ["no such column"], "C": 1.0}
    outcome = desk.call("compare_candidates", _features(desk), store, candidates)
    desk.note("the best", _winner(outcome), within=0.001)
    with desk.database(_path(desk)) as database:
        desk.note("the runs", _family(runs_of(database)))


@examines(1)
def no_candidate_is_left(desk: Desk) -> None:
    """Fail when all of them do."""
    store = desk.run_apart("make_store")
    candidates = {"broken": {"columns": ["no such column"], "C": 1.0}}
    outcome = desk.call("compare_candidates", _features(desk), store, candidates)
    desk.note_failure("in the end", outcome)
    with desk.database(_path(desk)) as database:
        statuses = sorted(run["status"] for run in runs_of(database).values())
    desk.note("the runs ended in", statuses)


@examines(2)
def a_release_or_no_trace(desk: Desk) -> None:
    """Release, then fail a check, then miss the gate."""
    store, features = desk.run_apart("make_store"), _features(desk)
    draws = [(0.0, 1.0), (0.0, -1.0), (1.1, 1.0)]
    released = []
    for gate, at_most in draws:
        winner = desk.call("compare_candidates", features, store, _candidates(desk))
        outcome = desk.call("release", winner.returned, features, store, gate, at_most)
        released.append(outcome.told if not outcome.raised else {"raised": True})
    desk.note("released", released)
    with desk.database(_path(desk)) as database:
        found = registry_of(database, _MODEL)
    desk.note("versions", list(found["versions"]))
    desk.note("aliases", found["aliases"])


@examines(3)
def a_night_on_a_flaky_api(desk: Desk) -> None:
    """Train at night while the API fails once or twice."""
    store = desk.run_apart("make_store")
    failures = [answer(desk.rng.choice((500, 503, 429))) for _ in range(desk.rng.randint(1, 2))]
    desk.api.will(*failures, answer(200, _customers(desk, churned=True)))
    outcome = desk.call("training_pipeline", desk.api.url, store, _candidates(desk), 0.0, 1.0)
    desk.note_outcome("returned", outcome)
    desk.note("requests made", len(desk.api.requests))
    flows = desk.flow_runs()
    (root,) = [run.id for run in flows if run.parent is None]
    children = {run.flow for run in flows if run.parent == root}
    desk.note("the preparation is a child run", "data-preparation" in children)
    desk.note("the flow runs ended in", sorted({run.states[-1] for run in flows}))
    with desk.database(_path(desk)) as database:
        desk.note("aliases", registry_of(database, _MODEL)["aliases"])


@examines(4)
def a_night_then_inference(desk: Desk) -> None:
    """Score customers nobody knows yet; before, without a champion."""
    store = desk.run_apart("make_store")
    tonight = _customers(desk, churned=False)
    desk.api.will(answer(200, tonight))
    desk.note_failure("no champion", desk.call("inference_pipeline", desk.api.url, store))
    past = f"{desk.api.url}/past"
    desk.api.will(answer(200, _customers(desk, churned=True)))
    desk.call("training_pipeline", past, store, _candidates(desk), 0.0, 1.0)
    desk.api.will(answer(200, tonight))
    outcome = desk.call("inference_pipeline", desk.api.url, store)
    desk.note("scores", outcome.told, within=0.001)
