"""Examine 06_subflows: files of drawn customers, prepared at training and again at inference."""

from __future__ import annotations

from typing import Any

from dojo.exam.engine_account import FlowRun
from dojo.exam.stage import Desk, Outcome, examines

_NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
_CONTRACTS = ["month-to-month", "one year", "two years", "five years", "weekly"]


def _customers(
    desk: Desk, name: str, *, count: int, churned: bool, odd: bool = False, mixed: bool = False
) -> str:
    """Write drawn customers, among whom each contract occurs.

    A mistake in what the preparation is about is not to cost the pipelines' tasks as well.

    Args:
        desk: Draws.
        name: Of the file.
        count: How many.
        churned: Whether it is known who left.
        odd: With blanks and a column more.
        mixed: With the columns in a drawn order.

    Returns:
        The file's path inside.
    """
    rng = desk.rng
    contracts = rng.sample(_CONTRACTS, 3) if odd else _CONTRACTS[:3]
    columns = ["customer_id", *_NUMBERS, "contract"] + ["churned"] * churned
    if odd:
        columns.append("colour")
    if mixed:
        rng.shuffle(columns)
    lines = [",".join(columns)]
    for place, number in enumerate(rng.sample(range(1000, 9000), count)):
        calls = rng.randrange(9)
        row = {
            "customer_id": str(number),
            "tenure_months": str(rng.randrange(72)),
            "monthly_charges": f"{rng.uniform(20, 120):.2f}",
            "support_calls": str(calls),
            "contract": rng.choice(contracts) if odd else contracts[place % 3],
            "colour": rng.choice("rgb"),
            "churned": str(int(calls + rng.randrange(4) > 5)),
        }
        if odd and rng.random() < 0.15:
            row[rng.choice([*_NUMBERS, "contract"])] = ""
        lines.append(",".join(row[column] for column in columns))
    return desk.write(name, "\n".join(lines) + "\n")


def _pair(outcome: Outcome) -> tuple[Any, Any]:
    """Take a returned pair apart; one that is none stays as it is."""
    if isinstance(outcome.returned, tuple) and len(outcome.returned) == 2:
        return outcome.returned
    return outcome.told, None


def _features(told: Any, *, first: int | None = None) -> Any:
    """Return a frame's cells, coarse enough for either kind of standard deviation."""
    if not isinstance(told, dict) or "frame" not in told:
        return told
    frame = told["frame"]
    end = len(frame["columns"]) if first is None else first
    columns, values = frame["columns"][:end], frame["values"][:end]
    return {
        "columns": frame["columns"],
        "types": frame["types"],
        "index": frame["index"],
        "signs": {
            name: [_sign(one) for one in cells] for name, cells in zip(columns, values, strict=True)
        },
        "contracts": dict(zip(frame["columns"][3:], frame["values"][3:], strict=True)),
    }


def _sign(value: Any) -> int:
    if not isinstance(value, float):
        return 9
    return 0 if abs(value) < 1e-9 else 1 if value > 0 else -1


def _scale(told: Any) -> Any:
    """Return the numbers with each column divided by its own greatest, so by no deviation."""
    if not isinstance(told, dict) or "frame" not in told:
        return told
    found = {}
    for name, cells in zip(told["frame"]["columns"][:3], told["frame"]["values"][:3], strict=True):
        if not all(isinstance(one, float) for one in cells):
            return "not all are floats"
        most = max((abs(one) for one in cells), default=0.0) or 1.0
        found[name] = [one / most for one in cells]
    return found


def _family(runs: list[FlowRun], most: int = 1) -> list[list[Any]]:
    """Return how each run that is no child ended, and how many children it had, up to `most`."""
    return [
        [run.states[-1], min(sum(child.parent == run.id for child in runs), most)]
        for run in runs
        if run.parent is None
    ]


@examines(1)
def prepared_at_training(desk: Desk) -> None:
    """Prepare drawn customers."""
    path = _customers(desk, "past.csv", count=desk.rng.randint(40, 80), churned=True, odd=True)
    features, _ = _pair(desk.call("data_preparation", path))
    desk.note("the features", _features(features))
    desk.note("the numbers, to scale", _scale(features))


@examines(2)
def prepared_as_at_training(desk: Desk) -> None:
    """Prepare other customers with what the training has learnt."""
    rng = desk.rng
    both: dict[str, bool] = {"odd": True, "mixed": True}
    past = _customers(desk, "past.csv", count=rng.randint(40, 80), churned=True, **both)
    tonight = _customers(desk, "tonight.csv", count=rng.randint(5, 20), churned=False, **both)
    _, statistics = _pair(desk.call("data_preparation", past))
    features, same = _pair(desk.call("data_preparation", tonight, statistics))
    desk.note("the features", _features(features))
    desk.note("the numbers, to scale", _scale(features))
    desk.note("the statistics come back as they were", same == statistics)
    desk.note("the statistics are plain", not _holds_opaque(statistics))


@examines(3)
def one_child_two_parents(desk: Desk) -> None:
    """Train, then score other customers with what was trained."""
    past = _customers(desk, "past.csv", count=desk.rng.randint(60, 100), churned=True)
    tonight = _customers(desk, "tonight.csv", count=desk.rng.randint(3, 12), churned=False)
    trained = desk.call("training_pipeline", past)
    scores = desk.call("inference_pipeline", tonight, trained.handle)
    told = scores.returned if isinstance(scores.returned, dict) else {}
    desk.note("scored", list(told) if told else scores.told)
    # Either kind of standard deviation is allowed, and the model is a little regularised.
    desk.note("the scores", [_float(one) for one in told.values()], within=0.03)
    desk.note("the runs, and their children", _family(desk.flow_runs()))


@examines(3)
def a_child_fails_its_parent(desk: Desk) -> None:
    """Fail with the child."""
    outcome = desk.call("training_pipeline", f"/nowhere/{desk.rng.randrange(10**6)}.csv")
    desk.note("it raised", bool(outcome.raised) and outcome.raised != "NotImplementedError")
    desk.note("the runs, and their children", _family(desk.flow_runs()))


@examines(4)
def a_report_has_two_children(desk: Desk) -> None:
    """Compare two files."""
    past = _customers(desk, "past.csv", count=desk.rng.randint(40, 80), churned=True)
    tonight = _customers(desk, "tonight.csv", count=desk.rng.randint(10, 30), churned=False)
    statistics = desk.call("data_preparation", past).part(1)
    drift = desk.call("drift_report", tonight, past, statistics)
    told = drift.returned if isinstance(drift.returned, dict) else {}
    desk.note("the columns", list(told) if told else drift.told)
    desk.note("the drift", [_float(one) for one in told.values()], within=0.03)
    desk.note("the runs, and their children", _family(desk.flow_runs(), most=2))


@examines(4)
def a_child_fails_the_report(desk: Desk) -> None:
    """Fail the report with either child."""
    past = _customers(desk, "past.csv", count=40, churned=True)
    statistics = desk.call("data_preparation", past).part(1)
    files = [past, f"/nowhere/{desk.rng.randrange(10**6)}.csv"]
    desk.rng.shuffle(files)
    outcome = desk.call("drift_report", *files, statistics)
    desk.note("it raised", bool(outcome.raised) and outcome.raised != "NotImplementedError")
    report = [run for run in desk.flow_runs() if run.parent is None][-1]
    desk.note("the report ended in", report.states[-1])


def _float(value: Any) -> float:
    inner = value.get("numpy") if isinstance(value, dict) else value
    return float(inner) if isinstance(inner, (int, float)) else float("nan")


def _holds_opaque(value: Any) -> bool:
    if isinstance(value, dict):
        return "opaque" in value or "numpy" in value or any(map(_holds_opaque, value.values()))
    return isinstance(value, (list, tuple)) and any(map(_holds_opaque, value))
