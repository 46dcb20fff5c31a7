"""Examine 01_tasks_flows: customers nobody has seen, from the file to the metrics."""

from __future__ import annotations

from typing import Any

from dojo.exam.stage import Desk, Outcome, examines

_CONTRACTS = ("month-to-month", "one year", "two years", "")
_HEAD = "customer_id,tenure_months,monthly_charges,support_calls,contract,churned"
_FEATURES = ("tenure_months", "monthly_charges", "support_calls", "committed")
_FOUR = ("load_customers", "engineer_features", "train_model", "evaluate_model")


def _people(desk: Desk, count: int) -> str:
    """Make a file of customers.

    Who calls often leaves, except among those held out (a multiple of 4): some of them do not. So
    any model learns the same, and its accuracy is one that nobody can guess.
    """
    rng = desk.rng
    lines = [_HEAD]
    for number in range(1, count + 1):
        calls = rng.choice((0, 1, 2, 7, 8, 9))
        left = int(calls > 4)
        if number % 4 == 0 and rng.random() < 0.3:
            left = 1 - left
        charges = round(rng.uniform(20, 120), 2)
        contract = rng.choice(_CONTRACTS)
        lines.append(f"{number},{rng.randrange(72)},{charges},{calls},{contract},{left}")
    return "\n".join(lines) + "\n"


def _columns(outcome: Outcome, names: tuple[str, ...]) -> Any:
    """Return some columns of a frame that was returned; whatever else it was as it is."""
    told = outcome.told
    if not isinstance(told, dict) or "frame" not in told:
        return told
    frame = told["frame"]
    found = dict(zip(frame["columns"], frame["values"], strict=True))
    return {name: [_number(one) for one in found.get(name, ["no such column"])] for name in names}


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, (int, bool)) else value


def _metrics(outcome: Outcome) -> Any:
    told = outcome.told
    names = ("customers", "held_out", "accuracy")
    if not isinstance(told, dict) or outcome.raised:
        return told
    return {name: _plain_number(told.get(name)) for name in names}


def _plain_number(value: Any) -> Any:
    """A number of numpy's is a number; what else it is stays what it is."""
    inner = (
        value["numpy"]
        if isinstance(value, dict) and len(value) == 1 and "numpy" in value
        else value
    )
    return float(inner) if type(inner) in (int, float) else inner


def _completed(desk: Desk) -> int:
    return sum("Completed" in run["states"] for run in desk.engine().task_runs)


@examines(1)
def each_step_alone(desk: Desk) -> None:
    """Call the four tasks one after the other, each with what the one before returned."""
    earlier = _completed(desk)  # a flow that runs when the file is imported costs another task
    path = desk.write("monday.csv", _people(desk, desk.rng.randint(60, 120)))
    customers = desk.call("load_customers", path)
    names = ("customer_id", "tenure_months", "monthly_charges", "support_calls", "churned")
    desk.note("the customers loaded", _columns(customers, names))
    features = desk.call("engineer_features", customers.handle)
    desk.note("the features", _columns(features, ("customer_id", "churned", *_FEATURES)))
    model = desk.call("train_model", features.handle)
    desk.note("a model was trained", not model.raised and model.returned is not None)
    metrics = desk.call("evaluate_model", model.handle, features.handle)
    desk.note("the metrics", _metrics(metrics), within=0.09)
    desk.note("each was a task run", _completed(desk) - earlier)


@examines(1)
def files_that_hold_nothing(desk: Desk) -> None:
    """Refuse a file that is not there and one without customers."""
    missing = desk.call("load_customers", f"/nowhere/{desk.rng.randrange(10**6)}.csv")
    desk.note("no such file", "FileNotFoundError" in missing.kinds)
    empty = desk.call("load_customers", desk.write("names.csv", _HEAD + "\n"))
    desk.note("a file of names only is a ValueError", "ValueError" in empty.kinds)


def _note_night(desk: Desk, when: str, path: str, told: Any) -> None:
    """Note what the pipeline says of a night, and whether that is what its steps say.

    How good the model is belongs to task 1: an error there is not to cost this task as well.
    """
    customers = desk.call("load_customers", path)
    features = desk.call("engineer_features", customers.handle)
    model = desk.call("train_model", features.handle)
    by_steps = _metrics(desk.call("evaluate_model", model.handle, features.handle))
    desk.note(f"customers, {when}", [_part(told, name) for name in ("customers", "held_out")])
    near = abs(_part(told, "accuracy") - _part(by_steps, "accuracy")) < 1e-6
    desk.note(f"its accuracy is the steps' own, {when}", near)


def _part(metrics: Any, name: str) -> float:
    value = metrics.get(name) if isinstance(metrics, dict) else None
    return value if isinstance(value, float) else float("nan")


@examines(2)
def one_night(desk: Desk) -> None:
    """Run the pipeline on customers drawn for this night."""
    path = desk.write("tuesday.csv", _people(desk, desk.rng.randint(80, 200)))
    told = _metrics(desk.call("churn_pipeline", path))
    account = desk.engine()
    _note_night(desk, "tonight", path, told)
    steps = [name for run in account.task_runs for name in _FOUR if _is_of(run, name)]
    runs = desk.flow_runs()
    desk.note("flow runs", len(runs))
    desk.note("it ended in", [run.states[-1:] for run in runs])
    desk.note("steps in order", steps)
    desk.note(
        "all in the flow run", {run["flow_run_id"] for run in account.task_runs} <= _ids(runs)
    )


@examines(2)
def two_nights(desk: Desk) -> None:
    """Run it twice: the second night starts from its own file."""
    for night in ("first", "second"):
        path = desk.write("tonight.csv", _people(desk, desk.rng.randint(60, 150)))
        told = _metrics(desk.call("churn_pipeline", path))
        _note_night(desk, f"the {night} night", path, told)


@examines(3)
def the_log_tells(desk: Desk) -> None:
    """Find the number of customers, the path and the accuracy in the flow run's log."""
    count = desk.rng.randint(60, 150)
    path = desk.write(f"night-{desk.rng.randrange(10**6)}.csv", _people(desk, count))
    outcome = desk.call("churn_pipeline", path)
    text = "\n".join(str(line[1]) for line in desk.engine().logs)
    desk.note("the log has the number of customers", str(count) in text)
    desk.note("the log has the path", path in text)
    desk.note("the log has the accuracy", "accuracy" in text.lower())
    desk.note("it returned metrics", isinstance(outcome.returned, dict))


@examines(3)
def a_failure_fails_the_run(desk: Desk) -> None:
    """Fail as the step that failed did."""
    path = f"/nowhere/{desk.rng.randrange(10**6)}.csv"
    outcome = desk.call("churn_pipeline", path)
    desk.note("it raised the task's own error", "FileNotFoundError" in outcome.kinds)
    desk.note("the run ended in", [run.states[-1:] for run in desk.flow_runs()][-1:])


def _is_of(run: dict[str, Any], name: str) -> bool:
    told = str(run.get("name"))
    return name in (run.get("function"), told, told.rpartition("-")[0])


def _ids(runs: list[Any]) -> set[Any]:
    return {run.id for run in runs}
