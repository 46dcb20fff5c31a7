"""Examine 13_assets: drawn customers from an API outside, and what Dagster's history says."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from dojo.exam.outside_api import Answer, answer
from dojo.exam.shared.history import read_history
from dojo.exam.stage import Desk, examines
from dojo.wire.values import frame

_ASSETS = ("raw_customers", "customer_features", "churn_model")
_MIGHT_HEAL = {503: ConnectionError, 504: TimeoutError}
_HOPELESS = {403: PermissionError, 404: FileNotFoundError, 500: OSError}
_NUMBERS = ("tenure_months", "monthly_charges", "support_calls")


def _customers(desk: Desk, count: int) -> dict[str, list[Any]]:
    rng = desk.rng
    calls = [float(rng.randrange(9)) for _ in range(count)]
    columns: dict[str, list[Any]] = {
        "customer_id": rng.sample(range(1000, 9000), count),
        "tenure_months": [float(rng.randrange(72)) for _ in range(count)],
        "monthly_charges": [round(rng.uniform(20, 120), 2) for _ in range(count)],
        "support_calls": calls,
        "contract": [rng.choice(("month-to-month", "one year")) for _ in range(count)],
        "churned": [int(one + rng.randrange(6) > 7) for one in calls],
    }
    for number in rng.sample(range(count), count // 10):
        columns[rng.choice(_NUMBERS)][number] = float("nan")
    return columns


def _served(columns: dict[str, list[Any]]) -> Answer:
    """Serve customers as JSON, which has no blanks but null."""
    return answer(
        200, {name: [None if one != one else one for one in columns[name]] for name in columns}
    )


def _draw(desk: Desk) -> dict[str, list[Any]]:
    return _customers(desk, desk.rng.randint(80, 160))


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


@examines(1)
def the_lineage(desk: Desk) -> None:
    """Look at groups and parents."""
    desk.note_outcome("group and parents of each", desk.run_with("lineage"))


@examines(1)
def a_night(desk: Desk) -> None:
    """Make all three assets of drawn customers."""
    desk.api.will(_served(_draw(desk)))
    outcome = desk.run_with("materialise", desk.api.url, list(_ASSETS))
    values = outcome.returned[0] if isinstance(outcome.returned, list) else {}
    desk.note("the features", values.get("customer_features", outcome.told))
    desk.note("the model", _model(values.get("churn_model")), within=1e-6)
    desk.note("requests made", len(desk.api.requests))
    wanted = dict(zip(_ASSETS, (("rows",), ("rows",), ("c", "val_accuracy")), strict=True))
    for run in read_history(desk):
        seen = {
            name: {key: metadata.get(key) for key in wanted.get(name, ())}
            for name, metadata in run.made
        }
        desk.note("made, with metadata", seen)


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


def _causes(desk: Desk) -> list[str]:
    """Return why steps failed: the text of each first cause."""
    found = []
    for one in _told_by(desk, "STEP_FAILURE"):
        error = one["error"]
        while error["cause"]:
            error = error["cause"]
        found.append(str(error["message"]))
    return found


def _fails(desk: Desk, statuses: dict[int, type[OSError]]) -> None:
    desk.api.will(answer(desk.rng.choice(list(statuses))))
    desk.run_with("materialise", desk.api.url, ["raw_customers"])
    desk.note("requests made", len(desk.api.requests))
    desk.note("how it ended", [[run.status, len(run.made)] for run in read_history(desk)])
    desk.note("seconds waited", _waits(desk))


@examines(2)
def a_source_that_stays_down(desk: Desk) -> None:
    """Fail for good, though it might have healed."""
    _fails(desk, _MIGHT_HEAL)


@examines(2)
def a_source_that_cannot_be_helped(desk: Desk) -> None:
    """Ask once."""
    _fails(desk, _HOPELESS)


@examines(2)
def a_source_that_comes_back(desk: Desk) -> None:
    """Fail one to three times, then answer."""
    failures = [answer(desk.rng.choice(list(_MIGHT_HEAL))) for _ in range(desk.rng.randint(1, 3))]
    desk.api.will(*failures, _served(_customers(desk, 20)))
    outcome = desk.run_with("materialise", desk.api.url, ["raw_customers"])
    desk.note_outcome("what came", outcome)
    desk.note("seconds waited", _waits(desk))


@examines(3)
def trainings_are_set_and_tracked(desk: Desk) -> None:
    """Train with drawn settings, some of them out of bounds, on features of the scenario's own."""
    configs: list[dict[str, Any]] = [
        {"c": round(desk.rng.uniform(0.01, 3), 3)},
        {"c": -round(desk.rng.uniform(0, 2), 2)},
        {},
    ]
    desk.rng.shuffle(configs)
    outcome = desk.run_with("train", frame(_draw(desk)), configs)
    models = outcome.returned if isinstance(outcome.returned, list) else [outcome.told]
    desk.note("the models", [_model(one) for one in models], within=1e-6)
    causes = _causes(desk)
    desk.note("TrainingConfig refuses", ["TrainingConfig" in one for one in causes])
    ids = {run.id: number for number, run in enumerate(read_history(desk))}
    tracked = [[ids.get(run_id, "no run"), *told] for run_id, *told in _tracked(desk)]
    desk.note("run, c and accuracy that were tracked", tracked, within=1e-6)


def _frame(told: Any) -> Any:
    """Return a frame without its index, which is a fresh one."""
    if not isinstance(told, dict) or "frame" not in told:
        return told
    return {name: told["frame"][name] for name in ("columns", "values")}


@examines(4)
def tables_are_files(desk: Desk) -> None:
    """Keep a table of a drawn name, replace it, and fill the disk while it is replaced again."""
    name = f"table_{desk.rng.randrange(10**6)}"
    frames = [frame(_customers(desk, count)) for count in (20, 30, 40)]
    outcome = desk.run_with("keep", name, frames, desk.rng.randrange(5, 35))
    told = outcome.returned if isinstance(outcome.returned, list) else [outcome.told, ""]
    *read, meanwhile = told
    desk.note("what was read again", [_frame(one) for one in read])
    desk.note("the table while it is replaced", _table(meanwhile))
    desk.note("the table afterwards", _table(_left(desk, f"new/tables/{name}.csv")))
    desk.note("beside it", desk.run_apart("names_in", "new/tables"))


@examines(4)
def both_tables_are_kept_there(desk: Desk) -> None:
    """Ask both assets for their IO manager."""
    desk.note_outcome("kept by", desk.run_with("kept_by"))


@examines(5)
def the_environment_counts_when_a_run_starts(desk: Desk) -> None:
    """Run the job for drawn customers, then for others in another environment."""
    nights, counts = [], []
    for number in range(2):
        columns = _draw(desk)
        counts.append(len(columns["churned"]))
        lines = [",".join(columns)]
        for row in zip(*columns.values(), strict=True):
            lines.append(",".join("" if one != one else str(one) for one in row))
        path = desk.write(f"customers-{number}.csv", "\n".join(lines) + "\n")
        nights.append([path, f"runs-{desk.rng.randrange(10**6)}", f"tables-{number}"])
    outcome = desk.run_with("run_job", nights)
    desk.note("it loads and has the job", outcome.raised)
    history = read_history(desk)
    desk.note("runs", [[run.job, run.status, sorted(dict(run.made))] for run in history])
    for number, (_, runs, tables) in enumerate(nights):
        desk.note(f"trainings tracked, {number}", len(_left(desk, runs).splitlines()))
        rows = [
            len(_table(_left(desk, f"{tables}/{name}.csv"))) - 1 == counts[number]
            for name in _ASSETS[:2]
        ]
        desk.note(f"both tables have tonight's customers, {number}", rows)


@examines(5)
def nothing_is_skipped(desk: Desk) -> None:
    """Make the customers twice: each time the source is asked, and what it says is kept."""
    desk.api.will(*(_served(_customers(desk, desk.rng.randint(5, 20))) for _ in range(2)))
    outcome = desk.run_with("materialise", desk.api.url, ["raw_customers"], 2)
    desk.note_outcome("what came", outcome)
    desk.note("requests made", len(desk.api.requests))
