"""Examine 04_parallelism: drawn customers and candidates; the overlap is seen from inside."""

from __future__ import annotations

import math
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
_BEAR_BLANKS = ("histogram boosting", "xgboost")

Columns = dict[str, list[Any]]


def _customers(desk: Desk, *, blanks: bool = False, churned: bool = True) -> Columns:
    """Draw customers; with blanks in some rows; and none that has churned among the held-out."""
    count = desk.rng.randint(80, 140)
    calls = [float(desk.rng.randrange(9)) for _ in range(count)]
    left = [int(one + desk.rng.randrange(5) > 6) for one in calls]
    left[:4] = [1, 1, 0, 0]  # both kinds, held out and not
    charges = [desk.rng.uniform(18, 110) for _ in range(count)]
    for place in desk.rng.sample(range(4, count), count // 8 if blanks else 0):
        charges[place] = math.nan
    if not churned:
        left[::4] = [0] * len(left[::4])
    return {
        "tenure_months": [float(desk.rng.randrange(72)) for _ in range(count)],
        "monthly_charges": charges,
        "churned": left,
        "Churned": [float(desk.rng.randrange(5)) for _ in range(count)],
        "churned_before": [float(desk.rng.randrange(3)) for _ in range(count)],
        "support_calls": calls,
    }


def _features(desk: Desk) -> Packed:
    return frame(_customers(desk))


def _some(desk: Desk, count: int) -> list[str]:
    return desk.rng.sample(_NAMES, count)


def _loss(left: list[int], chance: float) -> float:
    """Return the log loss of one probability for these customers."""
    churned = sum(left) / len(left)
    return -churned * math.log(chance) - (1 - churned) * math.log(1 - chance)


def _error_text(desk: Desk, length: int = 0) -> str:
    row = desk.rng.randrange(10**6)
    return f"the solver met NaN in row {row}" + f" which came after row {row - 1}" * length


def _report(desk: Desk, told: Any, what: str = "the report") -> dict[str, Any]:
    """Note who was compared and that one of them has won; return the report.

    The order and the right winner are task 2's: an error there is not to cost the others as well.
    """
    report = told.get("returned") if isinstance(told, dict) else None
    if not isinstance(report, dict):
        desk.note(what, f"none: {told}")
        return {}
    names = [name for name, _ in _pairs(report)]
    desk.note(what, [sorted(names), report.get("winner") in names])
    return report


def _pairs(report: dict[str, Any]) -> list[tuple[str, float]]:
    """Return names and losses in the report's order; what is no float is NaN, as no loss is."""
    results = report.get("results")
    found = [one for one in results if isinstance(one, dict)] if isinstance(results, list) else []
    losses = [one.get("log_loss") for one in found]
    floats = [one if isinstance(one, float) else float("nan") for one in losses]
    return [(str(one.get("name")), loss) for one, loss in zip(found, floats, strict=True)]


def _given(outcome: Outcome) -> dict[str, Any]:
    """Return what a function of `inside.py` told."""
    return outcome.returned if isinstance(outcome.returned, dict) else {}


@examines(1, rests_on=("answer", "word"))
def each_candidate(desk: Desk) -> None:
    """Judge each candidate: by what it predicts itself, and by a probability that is set."""
    chances = [0.001, 0.999, desk.rng.uniform(0.1, 0.3), 10 ** -desk.rng.uniform(6, 7.9)]
    desk.rng.shuffle(chances)
    for name, chance in zip(_NAMES, [*chances, 1.0], strict=True):
        blanks = name in _BEAR_BLANKS
        customers = _customers(desk, blanks=blanks, churned=name != "gradient boosting")
        labels = [7 + 3 * one for one in desk.rng.sample(range(999), len(customers["churned"]))]
        seed = desk.rng.randrange(1, 1000)
        told = _given(desk.run_with("judge", {}, frame(customers), labels, 1, name, seed))
        desk.note(f"{name}, by itself", _pairs({"results": [told.get("returned")]}), within=1e-4)
        desk.note(f"{name}: trained", told.get("trained"))
        desk.note(f"{name}: threads, and limits of time", told.get("found"))
        desk.note(f"{name}: learnt from", told.get("learnt"))
        desk.note(f"{name}: judged with", told.get("judged"))
        script = {"chances": {name: chance}}
        times = 250 if name == "xgboost" else 1
        asked = (script, frame(customers), labels, times, name, seed)
        told = _given(desk.run_with("judge", *asked))
        desk.note(f"{name}, with a chance: trained", told.get("trained"))
        pairs = _pairs({"results": [told.get("returned")]})
        if chance < 1:
            desk.note(f"{name}, with a chance", pairs)
            continue
        held_out = (customers["churned"] * times)[::4]
        # It depends on where 1 is moved.
        least, most = (_loss(held_out, 1 - edge) for edge in (1.2e-7, 2.2e-16))
        is_finite = [one == name and least - 1e-9 < loss < most + 0.1 for one, loss in pairs]
        desk.note(f"{name}, quite sure", is_finite)
    desk.note("task runs", [run["states"][-1:] for run in desk.engine().task_runs])


@examines(1, rests_on=("answer", "word"))
def failed_trainings(desk: Desk) -> None:
    """Fail as libraries do, and by a blank that a model does not bear; take turns as promised."""
    customers = frame(_customers(desk, blanks=True))
    labels = list(range(len(customers.content["frame"]["values"][0])))
    text, name = _error_text(desk), desk.rng.choice(_NAMES)
    for failing, script, said in (
        (name, {"errors": {name: ["SolverError", text]}}, text),
        ("logistic regression", {}, "NaN"),
    ):
        told = _given(desk.run_with("judge", script, customers, labels, 1, failing, 1))
        desk.note(f"an error about {said}", said in str(told.get("text")))
    desk.note("task runs that failed", [run["states"][-1:] for run in desk.engine().task_runs])
    whole = _customers(desk)
    for place in (0, 1):  # held out, and not
        charges = list(whole["monthly_charges"])
        charges[4 * desk.rng.randrange(1, 15) + place] = math.inf
        given = frame({**whole, "monthly_charges": charges})
        labels = list(range(len(charges)))
        told = _given(desk.run_with("judge", {}, given, labels, 1, "random forest", 1))
        desk.note(f"a number without end, {place}", "infinity" in str(told.get("text")))
    chance = {"chances": {"random forest": desk.rng.uniform(0.1, 0.2)}}
    corrected = desk.run_with("judge_corrected", chance, _features(desk), "random forest", 1)
    desk.note("corrected in place", corrected.returned)
    names = _some(desk, 2)
    promised = desk.call("compare_as_promised", _features(desk), names, seed=desk.rng.randrange(99))
    results = {"results": promised.returned}
    desk.note("as promised", promised.raised or _pairs(results), within=1e-4)


@examines(2, rests_on=("answer", "record", "word"))
def all_at_once(desk: Desk) -> None:
    """Compare a drawn number of candidates, held until all of them train.

    How well each does is task 1's: here it is what `train_one` says of it.
    """
    names, features = _some(desk, desk.rng.randint(3, 5)), _features(desk)
    seed = desk.rng.randrange(1, 99)
    alone = [desk.call("train_one", name, features, seed).returned for name in names]
    script = {"hold": len(names), "order": _some_of(desk, names)}
    seen = _given(desk.run_with("compare", script, features, {"names": names, "seed": seed}))
    told = seen["told"][0]
    report = _report(desk, told)
    pairs, expected = _pairs(report), _pairs({"results": alone})
    desk.note("the candidates in order", [name for name, _ in pairs])
    near = [abs(one[1] - other[1]) < 1e-6 for one, other in zip(pairs, expected, strict=False)]
    desk.note("each with the loss of its training", near)
    best = min(pairs, key=lambda pair: pair[1], default=("", 0.0))
    desk.note("the lowest loss has won", report.get("winner") == best[0])
    desk.note("trainings at the same time", seen["peak"])
    desk.note("threads, and limits of time", seen["found"])
    desk.note("seeds", {one[2] for one in seen["trained"]} == {seed})
    trained = [run for run in desk.engine().task_runs if "Completed" in run["states"]]
    ids = {run.id for run in desk.flow_runs()}
    desk.note("task runs of a flow run", sum(run["flow_run_id"] in ids for run in trained))


def _some_of(desk: Desk, names: list[str]) -> list[str]:
    return desk.rng.sample(names, len(names))


@examines(2, rests_on=("answer", "word"))
def by_a_hair(desk: Desk) -> None:
    """Have the second be better by a hair, all worse than chance; then compare twice at once."""
    customers = _customers(desk)
    features, worst = frame(customers), desk.rng.uniform(0.86, 0.95)
    names, hair = _some(desk, 4), desk.rng.uniform(0.76, 0.84)
    chances = dict(zip(names, (hair + 1e-9, hair, worst, worst + 0.01), strict=True))
    script = {"chances": chances, "order": names[::-1]}
    seen = _given(desk.run_with("compare", script, features, {"names": names}))
    report = _report(desk, seen["told"][0])
    held_out = customers["churned"][::4]
    desk.note("the candidates", _pairs(report))
    wanted = [(name, _loss(held_out, chance)) for name, chance in chances.items()]
    near = [
        abs(one[1] - other[1]) < 1e-9 for one, other in zip(_pairs(report), wanted, strict=True)
    ]
    desk.note("each with its loss", near)
    desk.note("by a hair", report.get("winner") == names[1])
    first, second = names[:2], names[:1]
    both = [{"names": some, "at_most": 2, "seed": 3} for some in (first, second)]
    seen = _given(desk.run_with("compare", {"hold": 3}, features, *both))
    for number, told in enumerate(seen["told"], start=1):
        _report(desk, told, f"comparison {number} of two at once")
    desk.note("trainings of both at the same time", seen["peak"])
    desk.note("a model for each", seen["models"])


@examines(3, rests_on=("answer", "record", "word"))
def some_fail(desk: Desk) -> None:
    """Have three fail, each in its way; then have them go well, but for one, and one unknown."""
    names = _some(desk, 5)
    good = [1 + desk.rng.randrange(2), 3 + desk.rng.randrange(2)]  # after one that has failed
    bad = [name for place, name in enumerate(names) if place not in good]
    texts = [_error_text(desk), "", f"{_error_text(desk, 600)}\n{_error_text(desk)}"]
    errors = dict(
        zip(bad, zip(("KeyError", "SolverError", "ValueError"), texts, strict=True), strict=True)
    )
    winner, loser = names[good[1]], names[good[0]]
    script = {
        "errors": {name: list(one) for name, one in errors.items()},
        "chances": {winner: 0.3, loser: 0.97},
    }
    seen = _given(desk.run_with("compare", script, _features(desk), {"names": names}))
    report = _report(desk, seen["told"][0])
    desk.note("of the others the best has won", report.get("winner") == winner)
    _note_failed(desk, "failed", report, {name: text for name, (_, text) in errors.items()})
    unknown, late = f"model {desk.rng.randrange(10**6)}", desk.rng.choice(names)
    text = _error_text(desk)
    asked = [*names, unknown]
    desk.rng.shuffle(asked)
    script = {"errors": {late: ["TimeoutError", text]}}
    seen = _given(desk.run_with("compare", script, _features(desk), {"names": asked}))
    report = _report(desk, seen["told"][0], "the next report")
    said = {late: f"110\n{text}", unknown: f"no model is called {unknown!r}"}
    _note_failed(desk, "failed the next time", report, said)
    ended = [run["states"][-1] for run in desk.engine().task_runs]
    desk.note("task runs that failed", ended.count("Failed"))
    desk.note("the runs ended in", [run.states[-1:] for run in desk.flow_runs() if not run.parent])


def _note_failed(desk: Desk, what: str, report: dict[str, Any], errors: dict[str, str]) -> None:
    """Note who is reported as failed, and whether each has the whole text of its own error."""
    failed = report.get("failed")
    if not isinstance(failed, dict):
        desk.note(what, f"no dict: {failed}")
        return
    desk.note(what, sorted(map(str, failed)))
    lines = {name: text.splitlines() for name, text in errors.items()}
    whole = {
        name: all(line in str(failed.get(name)) for line in some) for name, some in lines.items()
    }
    desk.note(f"{what}: each with its error", whole)


@examines(3, rests_on=("answer", "record", "word"))
def all_fail(desk: Desk) -> None:
    """Have each candidate fail, with two errors among three; then with another one of the two."""
    names, said = _some(desk, 3), []
    one, other = _error_text(desk, 600), f"no memory for tree {desk.rng.randrange(10**6)}"
    for number, texts in enumerate(((one, one, other), (one, other, other)), start=1):
        errors = {name: ["ValueError", text] for name, text in zip(names, texts, strict=True)}
        asked = {"names": names, "at_most": 2}
        seen = _given(desk.run_with("compare", {"errors": errors}, _features(desk), asked))
        text = str(seen["told"][0].get("text"))
        parts = {part: part in text for part in (*names, one, other)}
        desk.note(f"time {number}", [list(seen["told"][0]), parts])
        said.append(text)
    desk.note("it tells whose is which", said[0] != said[1])
    unknown = f"model {desk.rng.randrange(10**6)}"
    outcome = desk.call("compare_models", _features(desk), [unknown])
    desk.note_failure("nothing but an unknown one", outcome, unknown)
    desk.note("the runs ended in", [run.states[-1:] for run in desk.flow_runs() if not run.parent])


@examines(4, rests_on=("word",))
def a_limit_is_kept(desk: Desk) -> None:
    """Allow three or four at a time, and look for one more; then one. The night is long."""
    for limit in (desk.rng.randint(3, 4), 1):
        script = {"hold": limit, "one_more_s": 0.4, "is_long": True}
        asked: dict[str, Any] = {"at_most": limit}
        if limit > 1:
            asked |= {"names": desk.rng.sample(_NAMES, 5), "seed": desk.rng.randrange(1, 99)}
        seen = _given(desk.run_with("compare", script, _features(desk), asked))
        _report(desk, seen["told"][0], f"with {limit}")
        desk.note(f"with {limit}: trainings at the same time", seen["peak"])
        desk.note(f"with {limit}: trained", seen["trained"])


@examines(4, rests_on=("word",))
def a_free_place_is_used(desk: Desk) -> None:
    """Fail one, end another at the same moment: the slow one waits until the last has been."""
    names = _some(desk, 5)
    bad, _, slow, _, last = names
    script = {
        "errors": {bad: ["ValueError", _error_text(desk)]},
        "order": [last, slow],
        "two_at_once": True,
    }
    asked = {"names": names, "at_most": 2}
    seen = _given(desk.run_with("compare", script, _features(desk), asked))
    _report(desk, seen["told"][0])
    ended = seen["finished"]
    desk.note("ended", sorted(ended))
    desk.note("the last did not wait for the slow one", ended.index(last) < ended.index(slow))
    desk.note("at the same time", seen["peak"])
