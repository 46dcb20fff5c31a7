"""Examine 09_full_pipeline: nights on a flaky API, and what they leave in the registry."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from dojo.exam.outside_api import LOST, answer
from dojo.exam.shared.stores import registry_of, runs_of
from dojo.exam.stage import Desk, Outcome, examines
from dojo.wire.values import Packed, frame
from dojo.world.draw import Draw

_MODEL = "churn"
_CONTRACTS = ("month-to-month", "one year", "two years")
_NUMBERS = ("tenure_months", "monthly_charges", "support_calls")
_STEP = ("version", "champion")
_PREPARATION_S = 30 * 60
_UNKNOWN = 70.0  # what the models of `fill` take a blank for


def _customers(desk: Desk, count: int = 0, **more: Any) -> list[dict[str, Any]]:
    """Draw untamed customers, but for blanks and notes: the preparation is given."""
    drawn = Draw(desk.rng.randrange(10**6))
    count = count or desk.rng.randint(100, 160)
    return list(drawn.customers(count, tame=["blanks", "an extra column"], **more))


def _features(desk: Desk, count: int = 0, called: int = -1, *, blanks: bool = False) -> Packed:
    """Make what `data_preparation` returns; of so many customers `generous` would have called.

    With blanks there are customers who are equal, too.
    """
    rows = _customers(desk, count)
    if blanks:
        rows[1::6] = [{**one, "tenure_months": math.nan} for one in rows[1::6]]
        rows += rows[:9]
    if called >= 0:
        rows = [{**one, "monthly_charges": 110 if n < called else 30} for n, one in enumerate(rows)]
    columns = {name: [float(row[name]) for row in rows] for name in _NUMBERS}
    columns |= {one: [float(row["contract"] == one) for row in rows] for one in _CONTRACTS}
    return frame({**columns, "churned": [float(row["churned"]) for row in rows]})


def _candidates(desk: Desk) -> dict[str, Any]:
    """Draw two candidates, one of which learns from what matters: there is no tie."""
    columns = ["support_calls", desk.rng.choice(["tenure_months", "monthly_charges"])]
    desk.rng.shuffle(columns)
    # A name is no template, no path and no part of a question to a database.
    signs = desk.rng.sample(["{new}", "{0.5}", "100%", '"a"', "'b'", "/../", "日", ": c"], 3)
    return {
        f"candidate-{desk.rng.randrange(10**6)} {' '.join(signs)}": {
            "columns": [column],
            "C": round(desk.rng.uniform(0.05, 2), 2),
        }
        for column in columns
    }


def _failing(desk: Desk) -> dict[str, Any]:
    """Draw candidates that cannot be trained, each for another reason."""
    every = {
        "no such column": {"columns": ["no such column"], "C": 1.0},
        "refused": {"columns": list(_NUMBERS), "C": -1.0},
        "torn": {"columns": list(_NUMBERS)},
    }
    return {name: every[name] for name in desk.rng.sample(list(every), 2)}


def _path(desk: Desk, folder: str = "") -> str:
    return str(Path("work") / desk.folder.name / folder / "mlflow.db")


def _chosen(told: Any, *names: str) -> Any:
    """Return of a dict what the docstring names; whatever else it is as it is."""
    return {name: told.get(name) for name in names} if isinstance(told, dict) else told


def _ended(told: dict[str, Any], *names: str) -> Any:
    """Return of what `inside.py` tells what was returned, or that it raised."""
    return _chosen(told["returned"], *names) if "returned" in told else "raised"


def _family(runs: dict[str, dict[str, Any]]) -> list[list[Any]]:
    """Return of each run its kin, its name and C when it has a parent, its place and its end."""
    family = []
    for run in runs.values():
        parent = runs.get(run["tags"].get("mlflow.parentRunId", ""))
        known = {**run["tags"], **run["params"]}
        name, size = (run["name"], run["params"].get("C")) if parent else ("", "")
        told = [known.get("orchestrator"), run["experiment"], run["status"]]
        family.append([bool(parent), name, size, *told])
    return sorted(family, key=str)


def _shared_child(desk: Desk) -> tuple[list[str], list[bool]]:
    """Return how the flow runs that are nobody's child ended, and whether each had the child."""
    flows = desk.flow_runs()
    roots = [run for run in flows if run.parent is None]
    children = [{run.flow for run in flows if run.parent == root.id} for root in roots]
    return [run.states[-1] for run in roots], ["data-preparation" in one for one in children]


@examines(1, rests_on=("answer", "record", "word"))
def candidates_compete(desk: Desk) -> None:
    """Compare drawn candidates at once; some fail, one of them when it has its metric."""
    store = desk.run_apart("make_store")
    good, failing = _candidates(desk), _failing(desk)
    breaks = {"columns": list(_NUMBERS), "C": 1.0}
    asked = {**dict(list(good.items())[:1]), "breaks": breaks, **failing, **good}
    desk.watch(hold_until=3 + ("refused" in failing))  # the other two never come to their training
    befalls = {"breaks": "breaks"}
    told = desk.run_with("compare", store, _features(desk), asked, befalls).told
    desk.note("the best", _ended(told, "name", "val_auc"), within=0.001)
    for name in ("the parent run meanwhile", "its waits have limits"):
        desk.note(name, told[name])
    desk.note("trainings at the same time", desk.peak())
    owners = {run["flow_run_id"] for run in desk.engine().of("train_candidate")}
    desk.note("flow runs that trained", len(owners - {None}))
    with desk.database(_path(desk)) as database:
        desk.note("the runs", _family(runs_of(database)))


@examines(1, rests_on=("record", "word"))
def nobody_in_particular_competes(desk: Desk) -> None:
    """Compare the candidates that are given, all of them at once; then beside another run."""
    store, features = desk.run_apart("make_store"), _features(desk)
    desk.watch(hold_until=5)
    told = desk.run_with("compare", store, features, {}, {}).told
    desk.note("the best has a metric", sorted(_ended(told, "name", "run_id", "val_auc")))
    desk.note("trainings at the same time", desk.peak())
    desk.note_outcome("the caller's run", desk.run_with("beside", store, features, {}))
    with desk.database(_path(desk)) as database:
        runs = [run for run in runs_of(database).values() if run["name"] != "the caller's own"]
    names = sorted({run["name"] for run in runs if "mlflow.parentRunId" in run["tags"]})
    desk.note("who was trained", names)


@examines(1, rests_on=("record", "word"))
def no_candidate_is_left(desk: Desk) -> None:
    """Fail when all of them do; be stopped when one was trained."""
    store, features = desk.run_apart("make_store"), _features(desk)
    outcome = desk.call("compare_candidates", features, store, _failing(desk))
    desk.note_failure("in the end", outcome)
    good = _candidates(desk)
    last = list(good)[-1]
    told = desk.run_with("compare", store, features, good, {last: "stops"}).told
    desk.note("when it is stopped", "raised" in told)
    with desk.database(_path(desk)) as database:
        runs = runs_of(database).values()
        statuses = [one["status"] for one in runs if "mlflow.parentRunId" not in one["tags"]]
    desk.note("the parent runs ended in", sorted(statuses))
    roots = [run for run in desk.flow_runs() if run.parent is None]
    desk.note("the first flow run ended in", roots[0].states[-1] if roots else "none")


@examines(2, rests_on=("word",))
def a_version_goes_with_its_transaction(desk: Desk) -> None:
    """Register in transactions of others, which fail later, elsewhere, or not."""
    runs = desk.run_apart("fill")
    name = desk.rng.choice(sorted(runs))
    for what in ("undo", "stay"):
        desk.note_outcome(what, desk.run_with(what, runs, name))


def _release(auc: float, champion: float | None, befalls: str = "", **gates: float) -> Any:
    return {"auc": auc, "champion": champion, "befalls": befalls, "gates": gates}


def _seen(told: dict[str, Any]) -> Any:
    """Return of a release what its docstring asks for."""
    seen = {name: told[name] for name in ("during", "after", "all else as before", "rows")}
    return {**seen, "told": _ended(told, *_STEP)}


@examines(2, rests_on=("answer", "word"))
def a_release_or_no_trace(desk: Desk) -> None:
    """Release at both sides of each limit; have the check refuse, break or be stopped."""
    runs, count = desk.run_apart("fill"), desk.rng.randint(1001, 1400)
    gate = round(desk.rng.uniform(0.72, 0.9), 3)
    below, above = math.nextafter(gate, 0), math.nextafter(gate, 1)
    plan = [
        _release(gate, above, min_auc=gate, at_most=1.0),
        _release(gate, below, min_auc=gate, at_most=1.0),
        _release(gate, gate, min_auc=gate, at_most=1.0),
        _release(gate, None, min_auc=gate, at_most=1.0),
        _release(below, 0.6, min_auc=gate, at_most=0.0),
        _release(math.nan, None, min_auc=gate, at_most=1.0),
        _release(math.nextafter(0.7, 0), None, at_most=1.0),
        _release(0.7, 0.6, min_auc=0.0),
        _release(above, gate, min_auc=gate, at_most=0.0),
        _release(above, None, "breaks", min_auc=gate, at_most=1.0),
        _release(above, gate, "stops", min_auc=gate, at_most=1.0),
    ]
    features = _features(desk, count, blanks=True)
    for number in desk.rng.sample(range(len(plan)), len(plan)):
        one = plan[number]
        seen = desk.run_with("release", runs, features, one).told
        desk.note(f"{number}: {one}", _seen(seen))
        for kind, text in (("ValueError", "would call"), ("OSError", "the disk"), ("Stopped", "")):
            if kind in seen.get("raised", ()) and text in seen["text"]:
                desk.note(f"{number} ended by", kind)
    half = desk.rng.randint(20, 60)
    for called in (half, half + 1):  # of the share that may be called nobody has said anything
        features = _features(desk, 2 * half, called)
        seen = desk.run_with("release", runs, features, _release(0.7, None)).told
        desk.note(f"{called} of {2 * half} would be called", _seen(seen))


@examines(2, rests_on=("answer", "word"))
def others_promote_meanwhile(desk: Desk) -> None:
    """Release while somebody promotes, deletes, or the registry does not answer."""
    runs, features = desk.run_apart("fill"), _features(desk)
    wide = {"min_auc": 0.8, "at_most": 1.0}
    plan = [
        _release(0.9, 0.85, "promoted", **wide),
        _release(0.9, 0.85, "deleted, promoted", **wide),
        _release(0.9, 0.95, "deleted", **wide),
        _release(0.9, 0.85, "promoted, breaks", **wide),
    ]
    troubled = [_release(0.9, 0.85, "refused", **wide), _release(0.9, 0.85, "silent", **wide)]
    for one in plan:
        desk.note(one["befalls"], _seen(desk.run_with("release", runs, features, one).told))
    refused, silent = (desk.run_with("release", runs, features, one).told for one in troubled)
    desk.note("when the alias was to be moved", refused["during"])
    # Its own version, 2, may stay; who asks again, and compares again, may go on.
    desk.note("the champion then", refused["after"][1])
    honest = "raised" in refused or _ended(refused, *_STEP) == {"version": 2, "champion": 3}
    desk.note("an error, or the better one", honest)
    desk.note("when the registry is silent after it", silent["after"])


def _night(desk: Desk, outcome: Outcome, what: str) -> None:
    """Note what a night came to."""
    told = outcome.told if outcome.raised else _chosen(outcome.told, *_STEP, "winner")
    desk.note(what, told if not outcome.raised else {"raised": "ValueError" in outcome.kinds})


@examines(3, rests_on=("outside", "answer", "record", "word"))
def nights_on_a_flaky_api(desk: Desk) -> None:
    """Train for one store and then for another, on customers whom the API knows in the end."""
    runs = desk.run_apart("fill")
    limit = desk.run_with("limit_of", "training_pipeline").returned
    is_short = isinstance(limit, int | float) and limit <= _PREPARATION_S
    desk.note("a run is ended before it has its features", is_short)
    ours, theirs = str(desk.folder / "ours"), str(desk.folder / "theirs")
    failures = [desk.rng.choice([LOST, answer(500), answer(503), answer(429)]) for _ in range(3)]
    customers = answer(200, _customers(desk))
    desk.api.will(*failures, customers)
    outcome = desk.call("training_pipeline", desk.api.url, ours, _candidates(desk))
    _night(desk, outcome, "the first night")
    desk.note("seconds between requests", desk.api.gaps_s)
    open_gates = {"min_auc": 0.2, "at_most": 1.0}
    outcome = desk.call("training_pipeline", desk.api.url, ours, _candidates(desk), **open_gates)
    _night(desk, outcome, "the night after, behind open gates")
    desk.note_outcome("there", desk.run_with("look", runs, "ours"))
    desk.api.will(answer(503), customers)
    shut = {"min_auc": 1.0, "at_most": 1.0}
    outcome = desk.call("training_pipeline", desk.api.url, theirs, _candidates(desk), **shut)
    _night(desk, outcome, "the night in another store, behind a shut gate")
    ends = [run["states"][-1] for run in desk.engine().of("engineer_features")]
    desk.note("the features were made", ends)
    flows = desk.flow_runs()
    roots = [run for run in flows if run.parent is None]
    recorded = [{name: run.parameters.get(name) for name in shut} for run in roots]
    desk.note("the engine recorded", recorded)
    desk.note("ended, with the preparation as a child", _shared_child(desk))
    for store in ("ours", "theirs"):
        with desk.database(_path(desk, store)) as database:
            desk.note(f"versions in {store}", list(registry_of(database, _MODEL)["versions"]))
            desk.note(f"runs in {store}", len(runs_of(database)))


@examines(3, rests_on=("outside", "record", "word"))
def nights_that_fail(desk: Desk) -> None:
    """Fail in the comparison, at the check, and for want of customers."""
    desk.run_apart("fill")
    ours = str(desk.folder / "ours")
    desk.api.will(answer(200, _customers(desk)))
    outcome = desk.call("training_pipeline", desk.api.url, ours, _failing(desk), 0.0, 1.0)
    desk.note_failure("nobody was trained", outcome)
    outcome = desk.call("training_pipeline", desk.api.url, ours, _candidates(desk), 0.0, -1.0)
    _night(desk, outcome, "the check refuses")
    before = len(desk.api.requests)
    desk.api.will(answer(desk.rng.choice((500, 503))))
    outcome = desk.call("training_pipeline", desk.api.url, ours, _candidates(desk), 0.0, 1.0)
    desk.note_failure("the API is down", outcome)
    desk.note("requests made then", len(desk.api.requests) - before)
    ends = [run["states"][-1] for run in desk.engine().of("engineer_features")]
    desk.note("the features were made", ends)
    desk.note("ended, with the preparation as a child", _shared_child(desk))
    with desk.database(_path(desk, "ours")) as database:
        desk.note("versions", list(registry_of(database, _MODEL)["versions"]))
        desk.note("runs", len(runs_of(database)))


def _scored(told: dict[str, Any]) -> Any:
    """Return what came of a scoring, in which order, and what it has left."""
    return {
        "told": _ended(told, "version", "scores"),
        "order": told["order"],
        "other tables": told["other tables"],
    }


@examines(4, rests_on=("answer", "record", "word"))
def the_champion_scores(desk: Desk) -> None:
    """Score in two stores, while the champion changes, and when there is none."""
    runs = desk.run_apart("fill")
    names = desk.rng.sample(sorted(runs), 2)
    count = desk.rng.randint(1001, 1200)
    customers = _customers(desk, count, churned=False)
    for one in customers[::9]:
        one[desk.rng.choice(("monthly_charges", "support_calls"))] = None
    desk.api.will(answer(503), answer(200, customers))
    there = names[::-1]
    nights = [
        {"store": "ours", "versions": [*names, names[0]], "first": 2},
        {"store": "theirs", "versions": there, "first": 2, "before": 1, "after": 2},
        {"store": "ours", "first": 1, "opened": "theirs"},
    ]
    for number, night in enumerate(nights):
        told = desk.run_with("score", runs, desk.api.url, night).told
        if number != 1:
            desk.note(f"scores {number}", _scored(told), within=1e-6)
            continue
        # Whoever is champion meanwhile: the scores are those of the version that is told.
        by = _ended(told, "version", "scores")
        model = dict(enumerate(there, start=1)).get(by["version"]) if isinstance(by, dict) else None
        desk.note("version and scores belong together", model and _scores(by, model, customers[0]))
    desk.note("ended, with the preparation as a child", _shared_child(desk))


def _scores(by: dict[str, Any], model: str, customer: dict[str, Any]) -> bool:
    """Say whether a customer's score is what a model of `fill` says."""
    column = {"strict": "support_calls", "generous": "monthly_charges"}[model]
    cell = _UNKNOWN if customer[column] is None else float(customer[column])
    wanted = 1 / (1 + math.exp(2 - 0.02 * cell))
    score = by["scores"].get(customer["customer_id"], 2)
    score = score["numpy"] if isinstance(score, dict) else score  # the number that it holds
    return math.isclose(score, wanted, abs_tol=1e-6)


@examines(4, rests_on=("outside", "answer", "record", "word"))
def nobody_stands_in(desk: Desk) -> None:
    """Fail without a champion, without its model, and without customers; then go on."""
    runs = desk.run_apart("fill")
    desk.api.will(answer(200, _customers(desk, 1, churned=False)))
    aliases = ["previous", "backup", "latest-good"]
    nights = [
        {"store": "ours", "versions": ["strict", "generous"], "aliases": aliases},
        {"store": "ours", "first": 1, "aliases": aliases},
        {"store": "ours", "first": 0, "aliases": aliases},
    ]
    for number, night in enumerate(nights):
        told = desk.run_with("score", runs, desk.api.url, night).told
        desk.note(f"scores {number}", _scored(told), within=1e-6)
    desk.api.will(answer(503))
    told = desk.run_with("score", runs, desk.api.url, {"store": "ours", "first": 1}).told
    desk.note("the API is down", _scored(told))
    desk.note("requests made", len(desk.api.requests))
    desk.note("the runs ended in", _shared_child(desk)[0])
