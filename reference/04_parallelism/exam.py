"""Examine 04_parallelism: drawn customers and candidates; the overlap is seen from inside."""

from __future__ import annotations

from typing import Any

from dojo.exam.stage import Desk, Outcome, examines
from dojo.wire.values import Packed, frame

_NAMES = (
    "logistic regression",
    "random forest",
    "gradient boosting",
    "histogram boosting",
    "xgboost",
)


def _features(desk: Desk) -> Packed:
    count = desk.rng.randint(80, 140)
    calls = [float(desk.rng.randrange(9)) for _ in range(count)]
    return frame(
        {
            "tenure_months": [float(desk.rng.randrange(72)) for _ in range(count)],
            "support_calls": calls,
            "churned": [int(one + desk.rng.randrange(5) > 6) for one in calls],
        }
    )


def _some(desk: Desk, count: int) -> list[str]:
    return desk.rng.sample(_NAMES, count)


def _report(desk: Desk, outcome: Outcome) -> dict[str, Any]:
    """Note who was compared and that one of them has won; return the report.

    The order and the right winner are task 2's: an error there is not to cost the others as well.
    """
    told = outcome.returned if isinstance(outcome.returned, dict) else {}
    if not told:
        desk.note_outcome("the report", outcome)
        return {}
    names = [name for name, _ in _pairs(told)]
    desk.note("the candidates", sorted(names))
    desk.note("one of them has won", told.get("winner") in names)
    return told


def _pairs(report: dict[str, Any]) -> list[tuple[str, float]]:
    """Return names and losses in the report's order; what is no float is NaN, as no loss is."""
    results = report.get("results")
    found = [one for one in results if isinstance(one, dict)] if isinstance(results, list) else []
    losses = [one.get("log_loss") for one in found]
    floats = [one if isinstance(one, float) else float("nan") for one in losses]
    return [(str(one.get("name")), loss) for one, loss in zip(found, floats, strict=True)]


@examines(1)
def one_candidate(desk: Desk) -> None:
    """Judge one candidate on the held-out customers."""
    (name,), seed = _some(desk, 1), desk.rng.randrange(1000)
    outcome = desk.call("train_one", name, _features(desk), seed)
    told = outcome.told if outcome.raised else _pairs({"results": [outcome.returned]})
    desk.note("what it returned", told, within=0.001)
    desk.note("task runs", [run["states"][-1:] for run in desk.engine().task_runs])


@examines(2)
def all_at_once(desk: Desk) -> None:
    """Compare a drawn number of candidates, held until all of them train.

    How well each does is task 1's: here it is what `train_one` says of it.
    """
    names, features = _some(desk, desk.rng.randint(3, 5)), _features(desk)
    seed = desk.rng.randrange(99)
    alone = [desk.call("train_one", name, features, seed).returned for name in names]
    desk.watch(hold_until=len(names), finish_in=_some_of(desk, names))
    report = _report(desk, desk.call("compare_models", features, names, seed=seed))
    pairs, expected = _pairs(report), _pairs({"results": alone})
    desk.note("the candidates in order", [name for name, _ in pairs])
    near = [abs(one[1] - other[1]) < 0.001 for one, other in zip(pairs, expected, strict=False)]
    desk.note("each with the loss of its training", near)
    best = min(pairs, key=lambda pair: pair[1], default=("", 0.0))
    desk.note("the lowest loss has won", report.get("winner") == best[0])
    desk.note("trainings at the same time", desk.peak())
    trained = [run for run in desk.engine().task_runs if "Completed" in run["states"]]
    ids = {run.id for run in desk.flow_runs()}
    desk.note("task runs of a flow run", sum(run["flow_run_id"] in ids for run in trained))


def _some_of(desk: Desk, names: list[str]) -> list[str]:
    return desk.rng.sample(names, len(names))


@examines(3)
def one_fails(desk: Desk) -> None:
    """Name a candidate that does not exist among the others."""
    unknown = f"model {desk.rng.randrange(10**6)}"
    names = [*_some(desk, 2), unknown]
    desk.rng.shuffle(names)
    outcome = desk.call("compare_models", _features(desk), names)
    _report(desk, outcome)
    told = outcome.returned if isinstance(outcome.returned, dict) else {}
    failed = told.get("failed")
    desk.note("failed", list(failed) if isinstance(failed, dict) else failed)
    text = str(failed.get(unknown)) if isinstance(failed, dict) else ""
    desk.note("its error is told", f"no model is called {unknown!r}" in text)
    desk.note("the run ended in", [run.states[-1:] for run in desk.flow_runs()][:1])


@examines(3)
def all_fail(desk: Desk) -> None:
    """Name nothing but candidates that do not exist."""
    names = [f"model {desk.rng.randrange(10**6)}" for _ in range(desk.rng.randint(1, 3))]
    outcome = desk.call("compare_models", _features(desk), names)
    desk.note_failure("in the end", outcome, *names)
    desk.note("the run ended in", [run.states[-1:] for run in desk.flow_runs()][:1])


@examines(4)
def a_limit_is_kept(desk: Desk) -> None:
    """Allow two or three at a time, and look for one more."""
    limit = desk.rng.randint(2, 3)
    desk.watch(hold_until=limit, one_more_s=0.3)
    outcome = desk.call("compare_models", _features(desk), list(_NAMES), at_most=limit)
    _report(desk, outcome)
    desk.note("trainings at the same time", desk.peak())
