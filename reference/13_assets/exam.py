"""Examine 13_assets: drawn customers from an API outside, and what Dagster's history says."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from dojo.exam.outside_api import Answer, answer
from dojo.exam.shared.history import read_history
from dojo.exam.stage import Desk, Outcome, examines
from dojo.wire.values import Packed, frame
from dojo.world.draw import Draw

_ASSETS = ("raw_customers", "customer_features", "churn_model")
# What `inside.py` raises for a status: MIGHT_HEAL or one of its kinds; and what is none.
_MIGHT_HEAL = (502, 503, 504, 508)
_HOPELESS = (403, 404, 422, 500, 501)


def _customers(desk: Desk, count: int, *also: str) -> dict[str, list[Any]]:
    """Draw customers, one of whom has no id yet; column by column, a blank is None."""
    tame = ["ids beyond 2**53"]
    drawn = Draw(desk.rng.randrange(10**6)).customers(count, tame=tame, also=also)
    columns = {name: [row[name] for row in drawn] for name in drawn.columns}
    columns["customer_id"][desk.rng.randrange(count)] = None
    return columns


def _served(columns: dict[str, list[Any]]) -> Answer:
    return answer(200, columns)


def _frame_of(columns: dict[str, list[Any]]) -> Packed:
    """Describe a frame to be made inside; a column that has a blank or a float has floats."""
    made = {}
    for name, values in columns.items():
        known = [one for one in values if one is not None]
        numbers = all(isinstance(one, (int, float)) for one in known)
        if numbers and (len(known) < len(values) or any(isinstance(one, float) for one in known)):
            made[name] = [float("nan") if one is None else float(one) for one in values]
        else:
            made[name] = values
    return frame(made)


def _draw(desk: Desk) -> dict[str, list[Any]]:
    return _customers(desk, desk.rng.randint(120, 180), "rows that occur twice")


def _left(desk: Desk, name: str) -> str:
    """Read a text that was left in the submission's folder."""
    data = desk.read(str(Path("work") / desk.folder.name / name))
    return "" if data is None else data.decode(errors="replace")


def _table(text: str | None) -> Any:
    """Read comma-separated cells: a number is a number however it is written."""
    return [[_cell(cell) for cell in row] for row in csv.reader(io.StringIO(text or ""))]


def _cell(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _model(told: Any) -> Any:
    """Return the numbers of a model, whatever else."""
    if not isinstance(told, dict) or not isinstance(told.get("weights"), dict):
        return told
    return [sorted(told["weights"].items()), told.get("intercept")]


def _tracked(desk: Desk) -> list[Any]:
    """Return what the tracker was told, whatever else it was told."""
    found = []
    for line in _left(desk, "trainings").splitlines():
        told = json.loads(line)
        found.append([told["run_id"], told["params"].get("c"), told["metrics"].get("val_accuracy")])
    return found


@examines(1, rests_on=("word",))
def the_lineage(desk: Desk) -> None:
    """Look at groups and parents."""
    desk.note_outcome("group and parents of each", desk.run_with("lineage"))


def _values(outcome: Outcome) -> list[Any]:
    """Return what came of each run: name of an asset and its value."""
    return outcome.returned if isinstance(outcome.returned, list) else [outcome.told]


@examines(1, rests_on=("outside", "answer", "record"))
def two_nights(desk: Desk) -> None:
    """Make all assets twice: the second time for as many customers, who pay what others paid."""
    columns = _draw(desk)
    others = {**columns, "monthly_charges": columns["monthly_charges"][::-1]}
    desk.api.will(_served(columns), _served(others))
    outcome = desk.run_with("materialise", desk.api.url, list(_ASSETS), 2)
    for number, values in enumerate(_values(outcome)):
        found = values if isinstance(values, dict) else {}
        desk.note(f"the customers, {number}", _frame(found.get("raw_customers", values)))
        desk.note(f"the features, {number}", _frame(found.get("customer_features")))
        desk.note(f"the model, {number}", _model(found.get("churn_model")), within=1e-6)
    desk.note("requests made", len(desk.api.requests))
    wanted = dict(zip(_ASSETS, (("rows",), ("rows",), ("c", "val_accuracy")), strict=True))
    for number, run in enumerate(read_history(desk)):
        seen = {
            name: {key: metadata.get(key) for key in wanted.get(name, ())}
            for name, metadata in run.made
        }
        desk.note(f"made, with metadata, {number}", seen)
    kept = desk.run_apart("kept_model")
    desk.note("kept for another process", _model(kept), within=1e-6)


def _told_by(desk: Desk, kind: str) -> list[Any]:
    """Return what Dagster's history has of each event of a kind."""
    with desk.database(str(Path("work") / desk.folder.name / "events.db")) as database:
        rows = database.execute(
            "SELECT event FROM event_logs WHERE dagster_event_type = ? ORDER BY id", (kind,)
        ).fetchall()
    return [json.loads(row["event"])["dagster_event"]["event_specific_data"] for row in rows]


def _waits(desk: Desk) -> list[float]:
    """Return the waits between tries."""
    return [float(one["seconds_to_wait"] or 0) for one in _told_by(desk, "STEP_UP_FOR_RETRY")]


def _shown(desk: Desk) -> list[list[str]]:
    """Return what the page of each failed run shows: each error, and what it was raised from."""
    found = []
    for one in _told_by(desk, "STEP_FAILURE"):
        said, error = [], one["error"]
        while error:
            said.append(str(error["message"]))
            error = error.get("cause") or error.get("context")
        found.append(said)
    return found


def _note_source(desk: Desk, outcome: Outcome, statuses: list[int]) -> None:
    """Note what came of a source that failed: requests, waits, and what is shown of it."""
    desk.note("what came", [sorted(one) for one in _values(outcome) if isinstance(one, dict)])
    desk.note("requests made", len(desk.api.requests))
    desk.note("how it ended", [[run.status, len(run.made)] for run in read_history(desk)])
    desk.note("seconds waited", _waits(desk))
    texts = [f"status {status}" for status in statuses] + ["restarting", "expired since May"]
    shown = [" ".join(one) for one in _shown(desk)]
    desk.note("shown", [[text for text in texts if text in one] for one in shown])


@examines(2, rests_on=("outside", "record"))
def a_source_that_stays_down(desk: Desk) -> None:
    """Fail for good, though it might have healed."""
    status = desk.rng.choice(_MIGHT_HEAL)
    desk.api.will(answer(status))
    outcome = desk.run_with("materialise", desk.api.url, ["raw_customers"])
    _note_source(desk, outcome, [status])


@examines(2, rests_on=("outside", "record"))
def a_source_that_cannot_be_helped(desk: Desk) -> None:
    """Ask once each time, whatever the error was raised from."""
    statuses = desk.rng.sample(_HOPELESS, len(_HOPELESS))
    desk.api.will(*(answer(status) for status in statuses))
    outcome = desk.run_with("materialise", desk.api.url, ["raw_customers"], len(statuses))
    _note_source(desk, outcome, statuses)


@examines(2, rests_on=("outside", "record"))
def a_source_that_comes_back(desk: Desk) -> None:
    """Fail three times, each time with another error, then answer."""
    statuses = desk.rng.sample(_MIGHT_HEAL, 3)
    desk.api.will(*(answer(status) for status in statuses), _served(_customers(desk, 20)))
    outcome = desk.run_with("materialise", desk.api.url, ["raw_customers"])
    _note_source(desk, outcome, statuses)


@examines(2, rests_on=("outside", "record"))
def a_run_that_another_process_began(desk: Desk) -> None:
    """Fail once; others have tried before."""
    tried = desk.rng.choice((1, 2))
    desk.api.will(answer(desk.rng.choice(_MIGHT_HEAL)), _served(_customers(desk, 20)))
    outcome = desk.run_with("materialise", desk.api.url, ["raw_customers"], 1, tried)
    _note_source(desk, outcome, [])


@examines(3, rests_on=("outside", "answer", "record"))
def trainings_are_set_and_tracked(desk: Desk) -> None:
    """Train with drawn settings, some of them out of bounds, on features of the scenario's own."""
    rng = desk.rng
    configs: list[dict[str, Any]] = [
        {"c": round(rng.uniform(0.01, 3), 3)},
        {"c": rng.uniform(1, 9) * 1e-9},
        {"c": rng.uniform(1, 9) * 1e6},
        {"c": -round(rng.uniform(0.01, 2), 2)},
        {"c": 0.0},
        {"C": 0.1},
        {"c": "strong"},
        {},
    ]
    rng.shuffle(configs)
    outcome = desk.run_with("train", _frame_of(_draw(desk)), configs, "trainings")
    for number, one in enumerate(_values(outcome)):
        desk.note(f"the model with {configs[number:][:1]}", _model(one), within=1e-6)
    refused = ["TrainingConfig" in " ".join(one) for one in _shown(desk)]
    desk.note("TrainingConfig refuses", refused)
    runs = read_history(desk)
    ids = {run.id: number for number, run in enumerate(runs)}
    tracked = [[ids.get(run_id, "no run"), *told] for run_id, *told in _tracked(desk)]
    desk.note("run, c and accuracy that were tracked", tracked, within=1e-12)
    noted = [dict(run.made).get("churn_model", {}) for run in runs]
    desk.note("metadata", [[one.get("c"), one.get("val_accuracy")] for one in noted], within=1e-12)


@examines(3, rests_on=("record",))
def a_tracker_that_is_down(desk: Desk) -> None:
    """Train where the tracker cannot write: that training has failed."""
    customers = _frame_of(_draw(desk))
    outcome = desk.run_with("train", customers, [{"c": 0.5}], "not_mounted/trainings")
    desk.note("the models", [_model(one) for one in _values(outcome)])
    desk.note("made", [[run.status, "churn_model" in dict(run.made)] for run in read_history(desk)])


def _frame(told: Any) -> Any:
    """Return a frame without its index, which is a fresh one, and its types."""
    if not isinstance(told, dict) or "frame" not in told:
        return told
    columns, values = (told["frame"][name] for name in ("columns", "values"))
    return [columns, [[_plain(cell) for cell in column] for column in values]]


def _plain(cell: Any) -> Any:
    """Return a cell whatever its type is: 3.0 is 3, and a blank is a blank."""
    if cell is None or (isinstance(cell, dict) and cell.get("float") == "nan"):
        return "(blank)"
    if isinstance(cell, dict) and "numpy" in cell:
        cell = cell["numpy"]
    if isinstance(cell, (bool, float)) and cell == int(cell):
        return int(cell)
    return f"{cell:.12g}" if isinstance(cell, float) else cell  # what pandas reads is near enough


def _table_drawn(desk: Desk) -> tuple[str, int]:
    """Draw the name of a table, and what its rows are drawn from."""
    return f"table_{desk.rng.randrange(10**6)}", desk.rng.randrange(10**6)


@examines(4, rests_on=("outside", "answer"))
def tables_come_back(desk: Desk) -> None:
    """Keep tables under a drawn name: nothing, a long one, one with holes, a row, no row."""
    name, seed = _table_drawn(desk)
    for number, one in enumerate(_values(desk.run_with("keep", name, seed))):
        desk.note(f"what was read again, {number}", _frame(one))
    desk.note("the file", _table(_left(desk, f"new/tables/{name}.csv")))


@examines(4, rests_on=("outside", "word"))
def tables_are_whole(desk: Desk) -> None:
    """Replace a table where the disk is full, or read-only, or somebody presses Ctrl-C."""
    name, seed = _table_drawn(desk)
    desk.note_outcome(
        "kept; as before meanwhile and afterwards",
        desk.run_with("fill", name, seed, desk.rng.randrange(5, 45)),
    )
    desk.note("the file", _table(_left(desk, f"new/tables/{name}.csv")))


@examines(4, rests_on=("word",))
def tables_are_renamed(desk: Desk) -> None:
    """Look at the moment of the rename, refuse it, and replace a table while it is read."""
    desk.note_outcome("it", desk.run_with("rename", *_table_drawn(desk)))


@examines(4, rests_on=("answer", "word"))
def tables_are_written_at_once(desk: Desk) -> None:
    """Keep a table while two others write it: the last one to end is there, whole, and alone."""
    told = desk.run_with("write_at_once", *_table_drawn(desk), desk.rng.randrange(5, 55)).told
    if isinstance(told, dict) and "read" in told:
        told["read"] = _frame(told["read"])
    desk.note("it", told)


@examines(4, rests_on=("word",))
def both_tables_are_kept_there(desk: Desk) -> None:
    """Ask both assets for their IO manager."""
    desk.note_outcome("kept by", desk.run_with("kept_by"))


@examines(5, rests_on=("outside", "record", "word"))
def the_environment_counts_when_a_run_starts(desk: Desk) -> None:
    """Run the job in one environment after another: that of the last one has no customers."""
    nights, counts = [], []
    for number in range(2):
        columns = _customers(desk, desk.rng.randint(120, 180))
        counts.append(len(columns["churned"]))
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow("" if one is None else one for one in row)
        path = desk.write(f"customers-{number}.csv", text.getvalue())
        nights.append([path, f"runs-{desk.rng.randrange(10**6)}", f"tables-{number}"])
    nights.append([f"{nights[0][0]}.gone", "runs-of-nobody", "tables-of-nobody"])
    outcome = desk.run_with("run_job", nights)
    desk.note("it loads and has the job, and whole runs are tried again", outcome.told)
    history = read_history(desk)
    desk.note("runs", [[run.job, run.status, sorted(dict(run.made))] for run in history])
    desk.note("seconds waited", _waits(desk))
    for number, (_, runs, tables) in enumerate(nights[:2]):
        desk.note(f"trainings tracked, {number}", len(_left(desk, runs).splitlines()))
        rows = [
            len(_table(_left(desk, f"{tables}/{name}.csv"))) - 1 == counts[number]
            for name in _ASSETS[:2]
        ]
        desk.note(f"both tables have tonight's customers, {number}", rows)


@examines(5, rests_on=("outside", "answer"))
def nothing_is_skipped(desk: Desk) -> None:
    """Make the customers twice: each time the source is asked, and what it says is kept."""
    desk.api.will(*(_served(_customers(desk, desk.rng.randint(5, 20))) for _ in range(2)))
    outcome = desk.run_with("materialise", desk.api.url, ["raw_customers"], 2)
    for number, one in enumerate(_values(outcome)):
        found = one.get("raw_customers", "nothing") if isinstance(one, dict) else one
        desk.note(f"what came, {number}", _frame(found))
    desk.note("requests made", len(desk.api.requests))
