"""Examine 01_tasks_flows: customers nobody has seen, from the file to the metrics."""

from __future__ import annotations

import csv
import errno
import io
import itertools
import re
from collections.abc import Callable
from typing import Any

from dojo.exam.stage import Desk, Outcome, examines
from dojo.world.draw import Draw
from dojo.world.draw.customers import FIRST_HUGE

_COLUMNS = (
    "customer_id",
    "tenure_months",
    "monthly_charges",
    "support_calls",
    "contract",
    "churned",
)
_HEAD = ",".join(_COLUMNS)
_FEATURES = ("tenure_months", "monthly_charges", "support_calls", "committed")
_FOUR = ("load_customers", "engineer_features", "train_model", "evaluate_model")
_SHAPES = (
    "rows that occur twice",
    "blank lines in the file",
    "backslashes in text",
    "white space at the end of text",
    "contracts named as others write a blank",
    "a row with a field too few",
)

Row = dict[str, Any]


def _draw(desk: Desk) -> Draw:
    return Draw(desk.rng.randrange(2**32))


def _people(desk: Desk, count: int, *, callers_leave: bool = True) -> list[Row]:
    """Draw untidy customers, some there twice, of whom all leave that call, or all that do not.

    So any model learns the same.
    """
    drawn = _draw(desk).customers(count, blank=["contract"], also=["rows that occur twice"])
    rows = [dict(row) for row in drawn]
    for place, row in enumerate(rows):
        row["support_calls"] = 6 if place % 3 == 0 else 0
        row["churned"] = int((place % 3 == 0) == callers_leave)
    return rows


def _is_held_out(row: Row) -> bool:
    return row["customer_id"] is not None and row["customer_id"] % 4 == 0


def _csv(rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _as_features(rows: list[Row], **more: Any) -> str:
    """Write the features of customers, all alike but for their calls."""
    alike = {"tenure_months": 12.0, "monthly_charges": 40.123, "committed": 1, **more}
    names = ("customer_id", "churned", "support_calls")
    return _csv([{**alike, **{name: row[name] for name in names}} for row in rows])


def _columns(outcome: Outcome, names: tuple[str, ...] = ()) -> Any:
    """Return some columns of a frame that was returned, or all; what else it was as it is."""
    told = outcome.told
    if not isinstance(told, dict) or "frame" not in told:
        return told
    frame = told["frame"]
    found = dict(zip(frame["columns"], frame["values"], strict=True))
    return {
        name: [_plain(one) for one in found.get(name, ["no such column"])]
        for name in names or sorted(found)
    }


def _plain(value: Any) -> Any:
    """Return a number as it is, whatever type holds it; an id keeps its last digits."""
    inner = value
    if isinstance(value, dict) and len(value) == 1:
        inner = value.get("numpy", value.get("float", value))
    if inner == "nan" or inner != inner or inner is None:
        return None
    whole = isinstance(inner, bool | int) or (isinstance(inner, float) and inner.is_integer())
    return int(inner) if whole else inner


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


def _completed(desk: Desk, name: str) -> int:
    runs = [run for run in desk.engine().task_runs if _is_of(run, name)]
    return sum("Completed" in run["states"] for run in runs)


@examines(1, rests_on=("answer", "word"))
def files_as_they_are(desk: Desk) -> None:
    """Load untidy files, a single customer, a million of them; on a machine of another locale."""
    for count in (1, desk.rng.randint(30, 60)):
        path = desk.write(f"{count}.csv", _draw(desk).customers(count, also=_SHAPES).csv())
        loaded = desk.run_with("load_as_ascii", path)
        desk.note(f"the file of {count}", _columns(loaded))
    desk.note("each was a task run", _completed(desk, "load_customers"))
    last = desk.rng.randrange(10**6)
    long = desk.run_with("load_long", 2**20 + desk.rng.randrange(1, 999), last)
    desk.note("many", long.told)


@examines(1, rests_on=("answer",))
def files_that_hold_nothing(desk: Desk) -> None:
    """Refuse a file that is not there, one without customers, one with a broken line."""
    missing = desk.call("load_customers", f"/nowhere/{desk.rng.randrange(10**6)}.csv")
    desk.note("no such file", "FileNotFoundError" in missing.kinds)
    for what, text in (("names only", _HEAD + "\n"), ("nothing", "")):
        empty = desk.call("load_customers", desk.write("names.csv", text))
        desk.note(f"a file of {what} is a ValueError", "ValueError" in empty.kinds)
    tame = ["quotes, commas and line breaks in text"]
    lines = _draw(desk).customers(9, tame=tame).csv().splitlines()
    for place in (1, desk.rng.randint(2, 8), 9):
        torn = [*lines[: place + 1], lines[place] + ",7", *lines[place + 1 :]]
        broken = desk.call("load_customers", desk.write("torn.csv", "\n".join(torn)))
        desk.note_failure(f"a field too many in line {place}", broken)
    text = "\n".join(lines) + "\n"
    for what, spoilt in (
        ("Latin-1", "1,2,3,4,été,0\n".encode("latin-1")),
        ("cut", "à".encode()[:1]),
    ):
        read = desk.run_with("load_spoilt", text, [*spoilt])
        desk.note_failure(f"bytes that are no UTF-8: {what}", read)
    path = desk.write("there.csv", text)
    for number in (errno.EACCES, errno.EIO):
        what, unopened = errno.errorcode[number], desk.run_with("load_unopened", path, number)
        desk.note_failure(f"a file that is there: {what}", unopened)
        mistaken = sorted({"FileNotFoundError", "ValueError"} & {*unopened.kinds})
        desk.note(f"a file that is there: {what}, taken for another fault", mistaken)


@examines(1, rests_on=("answer", "word"))
def features_of_the_given(desk: Desk) -> None:
    """Make features of customers that were not loaded, with a column of their own of that name."""
    rows = list(_draw(desk).customers(desk.rng.randint(40, 60)))
    text = _csv([{**row, "committed": desk.rng.randrange(2, 9)} for row in rows])
    labels = [desk.rng.randrange(len(rows)) for _ in rows]
    made = desk.run_with("engineer", text, labels)
    desk.note("the features", _columns(made, ("customer_id", "churned", *_FEATURES)))
    desk.note("it was a task run", _completed(desk, "engineer_features"))


def _note_prediction(desk: Desk, what: str, model: Outcome, calls: list[float | None]) -> None:
    told = model.raised or desk.run_with("predict", model.handle, calls).told
    desk.note(what, told)


@examines(1, rests_on=("answer", "word"))
def learnt_from_the_given(desk: Desk) -> None:
    """Train twice: the held-out customers are unlike the others, and so is the second scale."""
    rows = _people(desk, desk.rng.randint(200, 300), callers_leave=False)
    for row in filter(_is_held_out, rows):
        row.update(support_calls=1000 * row["support_calls"], churned=1 - row["churned"])
    # Each who stays has the label of a row that is held out, as if two tables had been joined.
    kept = [place for place, row in enumerate(rows) if _is_held_out(row)]
    turns = itertools.cycle(kept)
    labels = [
        place if _is_held_out(row) or row["churned"] else next(turns)
        for place, row in enumerate(rows)
    ]
    first = desk.run_with("train", _as_features(rows), labels)
    other = []
    for place, row in enumerate(rows):
        more = {"support_calls": 0 if row["support_calls"] else 300}
        if not row["churned"] and not _is_held_out(row):  # a float takes these for multiples of 4
            more["customer_id"] = FIRST_HUGE + 1 + 4 * place
        other.append({**row, **more})
    _note_prediction(desk, "the model", first, [2, 4, 2])
    told = desk.run_with("predict", first.handle, [None]).told
    second = desk.run_with("train", _as_features(other))
    _note_prediction(desk, "the second model", second, [0, 300])
    _note_prediction(desk, "the first one, later", first, [2, 4, 2])
    later = desk.run_with("predict", first.handle, [None]).told
    desk.note("it fills as before", later == told)
    text = _as_features([row for row in rows if _is_held_out(row)])
    desk.note("measured, it is wrong", _metrics(desk.run_with("measure", text, None, first.handle)))
    again = desk.run_with("measure", text, None, second.handle)
    desk.note("the second is right", _metrics(again))
    desk.note("they were task runs", [_completed(desk, name) for name in _FOUR[2:]])


@examines(1, rests_on=("answer",))
def learnt_from_everybody(desk: Desk) -> None:
    """Train on those who are rare, who have no id, who have blanks."""
    nameless = sorted(desk.rng.sample(range(100, 59_900), 3))
    left = [place + 50 for place in nameless]
    many = desk.run_with("train_on_many", nameless, left)
    _note_prediction(desk, "of many", many, [0, 1000])
    rows = []
    for number in range(1, 161):
        calls = 6 if number % 3 == 0 else 0
        row: dict[str, Any] = {"customer_id": number, "churned": int((calls > 0) == (number > 40))}
        row |= {"tenure_months": 12.0, "monthly_charges": 40.123, "support_calls": calls}
        if number > 40:
            row["monthly_charges" if number % 2 else "tenure_months"] = None
        rows.append({**row, "committed": 1})
    far = {"tenure_months": 1e6, "monthly_charges": 1e6}
    kept = [{**row, "customer_id": 4 * (50 + place), **far} for place, row in enumerate(rows[:120])]
    known = [row for row in rows if not _is_held_out(row)]
    fine, lines = [number / 97 for number in range(583)], []
    for what, some in (("some", rows), ("others", known + kept)):
        told = desk.run_with("learn_with_blanks", _csv(some), fine).told
        ends = told and [told[0], told[-1]]
        desk.note(f"with blanks, {what} held out", ends in (None, [0, 1]))  # None: it raised
        lines.append(told)
    desk.note("with blanks, learnt alike", lines[0] == lines[1])
    same = [{**row, "churned": 1} for row in rows if not _is_held_out(row)]
    nobody = desk.run_with("train", _as_features(same))
    desk.note_failure("all have left", nobody, kind="ValueError")


@examines(1, rests_on=("answer",))
def measured_on_the_held_out(desk: Desk) -> None:
    """Measure a model that looks at the numbers, on customers of all kinds."""
    rows = _people(desk, desk.rng.randint(120, 160))
    for row, name in zip(desk.rng.sample(rows, 40), itertools.cycle(_FEATURES[:2]), strict=False):
        row.update({name: None, "churned": 1})
    text = _csv(
        [{**{k: v for k, v in row.items() if k in _COLUMNS}, "committed": 1} for row in rows]
    )
    labels = [desk.rng.randrange(len(rows)) for _ in rows]
    desk.note("the metrics", _metrics(desk.run_with("measure", text, labels)))
    few = [{**row, "customer_id": 4 * place + 1} for place, row in enumerate(rows[:3])]
    few[1]["customer_id"] = None
    nobody = desk.run_with("measure", _as_features(few), None)
    desk.note_failure("nobody is held out", nobody, kind="ValueError")
    # What was returned stays as it is: two calls, two reports.
    first = desk.run_with("measure", text, labels)
    desk.run_with("measure", _as_features(rows[9:]), None)
    desk.note("the metrics, later", _metrics(desk.run_with("told_again", first.handle)))


def _is_own(desk: Desk, metrics: Any, rows: list[Row]) -> bool:
    """Say whether metrics are those of all rows; a task of one's own may drop some openly."""
    held = sum(map(_is_held_out, rows))
    wanted = {"customers": float(len(rows)), "held_out": float(held), "accuracy": 1.0}
    if not isinstance(metrics, dict) or metrics.get("accuracy") != 1.0:
        return False
    own = [run for run in desk.engine().task_runs if not any(_is_of(run, one) for one in _FOUR)]
    return bool(own) or metrics == wanted


@examines(2, rests_on=("answer", "record", "word"))
def one_night(desk: Desk) -> None:
    """Run the pipeline on customers drawn for this night."""
    begun = len(desk.engine().task_runs)
    rows = _people(desk, desk.rng.randint(80, 120))
    path = desk.write("tuesday.csv", _csv(rows))
    told = _metrics(desk.call("churn_pipeline", path))
    account = desk.engine()
    desk.note("runs at import", begun)
    desk.note("the metrics of all rows", _is_own(desk, told, rows))
    steps = [name for run in account.task_runs for name in _FOUR if _is_of(run, name)]
    chain = _chain(account.task_runs)
    if all(chain):  # who submits them all at once has them begin when they may
        steps.sort(key=_FOUR.index)
    runs = desk.flow_runs()
    desk.note("flow runs", len(runs))
    desk.note("it ended in", [run.states[-1:] for run in runs])
    desk.note("steps in order", steps)
    desk.note("each got the result of the one before", chain)
    inside = {run["flow_run_id"] for run in account.task_runs} <= _ids(runs)
    desk.note("all in the flow run", inside)


def _chain(runs: list[Row]) -> list[bool]:
    """Say of each step but the first whether what the one before returned went into it."""
    known = {run["id"]: run for run in runs}

    def led_to(run: Row, seen: set[str]) -> set[str]:
        for one in set(run["upstream_ids"]) - seen:
            seen.add(one)
            if one in known:
                led_to(known[one], seen)
        return seen

    found = []
    for before, after in itertools.pairwise(_FOUR):
        ids = {run["id"] for run in runs if _is_of(run, before)}
        found.append(any(ids & led_to(run, set()) for run in runs if _is_of(run, after)))
    return found


@examines(2, rests_on=("answer", "word"))
def two_nights(desk: Desk) -> None:
    """Run it twice: the second file has the first one's name, time and size, and nothing else."""
    nights = []
    moved = desk.rng.sample(range(1, 8), 2)  # another number of customers is held out
    for callers_leave, count in zip((True, False), moved, strict=True):
        rows = []
        for number in range(100, 160):
            calls = desk.rng.choice((0, 0, 6)) if number > 109 else 6 * (number % 2)
            row = dict(zip(_COLUMNS, (number, 12, 40.5, calls, "one year", 0), strict=True))
            rows.append({**row, "churned": int((calls > 0) == callers_leave)})
        for row in desk.rng.sample(list(filter(_is_held_out, rows[10:])), count):
            row["customer_id"] = 401 + 4 * desk.rng.randrange(99)
        nights.append(rows)
    left, outcomes = [], []
    for rows in nights:
        path = desk.run_with("put", "tonight.csv", _csv(rows)).returned
        there = desk.run_with("files").returned
        outcomes.append(desk.call("churn_pipeline", path))
        left += sorted(set(desk.run_with("files").returned) - set(there))
    for number, (rows, outcome) in enumerate(zip(nights, outcomes, strict=True), start=1):
        told = _metrics(desk.run_with("told_again", outcome.handle))  # as it is after both
        desk.note(f"night {number}", _is_own(desk, told, rows))
    desk.note("files left behind", left)


@examines(3, rests_on=("word",))
def the_log_tells(desk: Desk) -> None:
    """Find the number of customers, the path and the accuracy in the flow run's log."""
    rows = _people(desk, desk.rng.randint(60, 150))
    odd = [row for row in rows if _is_held_out(row)]
    for row in odd[: desk.rng.randint(2, 5)]:
        row["churned"] = 1 - row["churned"]
    path = desk.write(f"night-{desk.rng.randrange(10**6)}.csv", _csv(rows))
    outcome = desk.call("churn_pipeline", path)
    lines = [str(line[1]) for line in desk.engine().logs]
    rest = [line.replace(path, "") for line in lines if path in line]
    number = rf"\b{len(rows)}\b"
    desk.note("number and path", any(re.search(number, line) for line in rest))
    told = _metrics(outcome)
    accuracy = told.get("accuracy") if isinstance(told, dict) else None
    values = [
        float(one)
        for line in lines
        if "accuracy" in line.lower()
        for one in re.findall(r"\d+(?:\.\d+)?", line)
    ]
    is_there = isinstance(accuracy, float) and any(
        min(abs(one - accuracy), abs(one / 100 - accuracy)) < 0.0051 for one in values
    )
    desk.note("the accuracy and its value", is_there)


_FAULTS: dict[str, Callable[[list[Row]], list[Row]]] = {
    "no row": lambda _: [],
    "nobody held out": lambda rows: [
        {**row, "customer_id": 4 * place + 1} for place, row in enumerate(rows)
    ],
    "nobody left": lambda rows: [{**row, "churned": 0} for row in rows],
}


@examines(3, rests_on=("record", "word"))
def a_failure_fails_the_run(desk: Desk) -> None:
    """Fail as the step that failed did: no file, a column that is not there, nobody held out."""
    rows = [{name: row[name] for name in _COLUMNS} for row in _people(desk, 40)]
    path = desk.write("nothing.csv", "").replace("nothing", "nowhere")
    _note_failure(desk, "no file", path, "FileNotFoundError", "nowhere.csv")
    for what, spoil in _FAULTS.items():
        some = spoil(rows)
        path = desk.write(f"{what}.csv", _csv(some) if some else _HEAD + "\n")
        _note_failure(desk, what, path, "ValueError", "")
    for name in _COLUMNS:
        some = [{key: one for key, one in row.items() if key != name} for row in rows]
        path = desk.write(f"no {name}.csv", _csv(some))
        _note_failure(desk, f"no {name}", path, "Exception", name)
    runs = desk.flow_runs()
    desk.note("the runs ended in", [run.states[-1:] for run in runs])
    desk.note("flow runs that were tried again", sum(_is_again(run.states) for run in runs))


def _note_failure(desk: Desk, what: str, path: str, kind: str, named: str) -> None:
    """Note whether the flow raised what its step raises alone, and nothing was tried again."""
    alone = _alone(desk, path)
    before = len(desk.engine().task_runs)
    outcome = desk.call("churn_pipeline", path)
    runs = desk.engine().task_runs[before:]
    own = [run for run in runs if not any(_is_of(run, one) for one in _FOUR)]
    asked = {
        "of its kind": kind in outcome.kinds and outcome.raised != "NotImplementedError",
        "the step's own": bool(own) or (alone.raised, alone.text) == (outcome.raised, outcome.text),
        "named": named in outcome.text,
        "a task failed": "Failed" in [run["states"][-1] for run in runs],
        "tried again": sum(_is_again(run["states"]) for run in runs),
    }
    desk.note(what, asked)


def _alone(desk: Desk, path: str) -> Outcome:
    """Call the steps one after the other, up to the one that raises."""
    given: tuple[Any, ...] = (path,)
    for name in _FOUR:
        outcome = desk.call(name, *given)
        if outcome.raised:
            break
        given = (outcome.handle, *given) if name == "train_model" else (outcome.handle,)
    return outcome


def _is_again(states: list[str]) -> bool:
    return bool({"AwaitingRetry", "Retrying"} & set(states))


def _is_of(run: dict[str, Any], name: str) -> bool:
    told = str(run.get("name"))
    return name in (run.get("function"), told, told.rpartition("-")[0])


def _ids(runs: list[Any]) -> set[Any]:
    return {run.id for run in runs}
