"""Examine 16_xcom: drawn customers and runs; what is handed on, and which files are left.

Files are looked at when the submission's process is dead. What belongs to one kind of mishap has a
folder of its own: a killed call may leave a part of a file, one on a full disk may not.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
from pathlib import Path
from typing import Any

from dojo.exam.stage import Desk, Outcome, examines

_NUMBERS = ("tenure_months", "monthly_charges", "support_calls")
_XCOM_BYTES = 1000

Rows = list[dict[str, Any]]


# What is drawn


def _draw_customers(desk: Desk, count: int, blank: float = 0.0) -> Rows:
    """Draw customers whose numbers are written as pandas writes them."""
    rng = desk.rng
    label = f"region_{rng.randrange(10**6)}"
    return [
        {
            "customer_id": number,
            "tenure_months": rng.randrange(72),
            "monthly_charges": "" if rng.random() < blank else rng.randrange(200, 1200) / 10 + 0.05,
            "support_calls": rng.randrange(9),
            label: rng.choice(("north", "south", "east", "north, by the sea")),
        }
        for number in rng.sample(range(1, 20_000), count)
    ]


def _csv_of(rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _written(value) for name, value in row.items()})
    return text.getvalue()


def _written(value: Any) -> str:
    return repr(round(value, 4)) if isinstance(value, float) else str(value)


def _draw_run_id(desk: Desk) -> str:
    rng = desk.rng
    kind = rng.choice(("manual", "scheduled"))
    day = f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return f"{kind}__{day}T0{rng.randrange(9)}:00:00+00:00"


def _draw_room(desk: Desk) -> int:
    """Draw how many bytes of a file a disk has room for: fewer than any of those here need."""
    return desk.rng.randint(500, 3000)


def _make_ties(desk: Desk, rows: Rows) -> None:
    """Have a few of the likeliest be equally likely, their ids in no order."""
    rows.sort(key=lambda row: row["support_calls"])
    best = {**rows[-1], "monthly_charges": 99.9, "support_calls": 9, "tenure_months": 1}
    ids = desk.rng.sample([7, 8, 9, 10, 11, 100], 4)
    rows[-4:] = [{**best, "customer_id": number} for number in ids]
    taken = set(ids)
    rows[:-4] = [row for row in rows[:-4] if row["customer_id"] not in taken]
    desk.rng.shuffle(rows)


def _features_of(desk: Desk, rows: Rows) -> dict[str, Any]:
    """Make what `engineer_features` returns, of a file that nobody may change."""
    full = [
        {
            **row,
            "paid_so_far": ""
            if row["monthly_charges"] == ""
            else row["tenure_months"] * row["monthly_charges"],
        }
        for row in rows
    ]
    return {
        "path": desk.write("features.csv", _csv_of(full)),
        "rows": len(rows),
        "support_calls": sum(row["support_calls"] for row in rows),
        "means": dict.fromkeys(_NUMBERS, 1.0),
    }


# What is seen


def _hand_on(desk: Desk, what: str, outcome: Outcome) -> Any:
    """Hand a value on as XCom does; note whether that changes it, and whether it is small."""
    if outcome.raised:
        desk.note_outcome(what, outcome)
        return {}
    value = outcome.returned
    is_json = _is_json(value)
    text = json.dumps(value, default=str, sort_keys=True)
    desk.note(f"{what}: JSON, and small", is_json and len(text) < _XCOM_BYTES)
    back = json.loads(text)
    return back if isinstance(back, dict) else {}


def _is_json(value: Any) -> bool:
    """Say whether JSON brings back the same value, as `wire.unpack` tells it."""
    if value is None or type(value) in (bool, int, str):
        return True
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is list:
        return all(_is_json(one) for one in value)
    if type(value) is not dict or value.keys() & {"numpy", "opaque", "set", "frame", "series"}:
        return False
    return all(type(key) is str and _is_json(one) for key, one in value.items())


def _below(desk: Desk, path: Any) -> str:
    """Return a path as it is below the submission's folder; what is elsewhere is told."""
    whole = os.path.normpath(desk.folder / str(path))
    for folder in (desk.folder, os.path.realpath(desk.folder)):
        if whole.startswith(f"{folder}{os.sep}"):
            return os.path.relpath(whole, folder)
    return "not below the given folder"


def _read_table(desk: Desk, path: Any) -> Any:
    """Read a CSV file that was left; numbers are numbers."""
    data = desk.read(str(Path("work") / desk.folder.name / _below(desk, path)))
    if data is None:
        return "no file"
    text = io.StringIO(data.decode("utf-8", errors="replace"), newline="")
    return [{name: _number(value) for name, value in row.items()} for row in csv.DictReader(text)]


def _number(text: Any) -> Any:
    try:
        return float(text or "nan")
    except (TypeError, ValueError):
        return text


def _part_of(value: Any, *names: str) -> dict[str, Any]:
    return {name: value.get(name) for name in names} if isinstance(value, dict) else {}


def _rows_of(read: Any) -> Rows:
    return read if isinstance(read, list) else [{"customer_id": read}]


@examines(1)
def each_run_has_its_file(desk: Desk) -> None:
    """Extract for two runs whose ids differ in one sign; each twice, into a folder not yet there.

    A third one meets a full disk.
    """
    workdir, run_id = f"work-{desk.rng.randrange(10**6)}", _draw_run_id(desk)
    handed: list[dict[str, Any]] = []
    for name in (run_id, run_id.replace("+", desk.rng.choice("-.~_"))):
        count = desk.rng.randint(120, 300)
        source = desk.write(f"{len(handed)}.csv", _csv_of(_draw_customers(desk, count, blank=0.1)))
        outcome = desk.call("extract_customers", source, workdir, name)
        first = _hand_on(desk, f"run {len(handed)}, a reference", outcome)
        again = desk.call("extract_customers", source, workdir, name)
        desk.note(f"run {len(handed)}, called again", again.returned == first)
        desk.note(f"run {len(handed)}, rows", first.get("rows"))
        desk.note(f"run {len(handed)}, absolute", os.path.isabs(str(first.get("path"))))
        handed.append(first)
    asked = [source, workdir, _draw_run_id(desk) + "x"]
    full = desk.run_with("cut_short", "extract_customers", asked, _draw_room(desk), False)
    desk.note_outcome("on a full disk it", full)
    for number, first in enumerate(handed):
        desk.note(f"run {number}, in the folder", _below(desk, first.get("path")).split("/")[0])
        desk.note(f"run {number}, the customers", _read_table(desk, first.get("path")))
    left = desk.run_apart("look")
    desk.note("files", [len(left["files"]), left["files elsewhere"]])


@examines(1)
def a_kill_leaves_whole_files(desk: Desk) -> None:
    """Kill a retry while it writes; kill a first try, then have it made again."""
    source = desk.write("tonight.csv", _csv_of(_draw_customers(desk, desk.rng.randint(150, 300))))
    old, new = _draw_run_id(desk), f"{_draw_run_id(desk)}.again"
    first = desk.call("extract_customers", source, "work", old)
    for run_id in (old, new):
        asked = [source, "work", run_id]
        killed = desk.run_with("cut_short", "extract_customers", asked, _draw_room(desk), True)
        desk.note(f"run {run_id} raised nothing", killed.returned in ("killed", "returned"))
    second = desk.call("extract_customers", source, "work", new)
    for what, outcome in (("the old file", first), ("the file made again", second)):
        if outcome.raised:
            desk.note_outcome(what, outcome)
        else:
            desk.note(what, _read_table(desk, _part_of(outcome.returned, "path").get("path")))


@examines(2)
def features_and_numbers_for_the_report(desk: Desk) -> None:
    """Make the features twice, of customers some of whose charges are blank, then all."""
    seen: list[tuple[float, dict[str, Any], dict[str, Any]]] = []
    for blank in (0.2, 1.0):
        rows = _draw_customers(desk, desk.rng.randint(60, 150), blank)
        workdir = f"work-{len(seen)}"
        source = desk.write(f"{workdir}.csv", _csv_of(rows))
        customers = desk.call("extract_customers", source, workdir, _draw_run_id(desk))
        outcome = desk.call("engineer_features", customers.returned)
        value = _hand_on(desk, f"the features, {blank:.0%} blank", outcome)
        again = desk.call("engineer_features", customers.returned)
        desk.note(f"called again, {blank:.0%} blank", again.returned == outcome.returned)
        desk.note(
            f"the report, {blank:.0%} blank",
            _part_of(outcome.returned, "rows", "support_calls", "means"),
        )
        seen.append((blank, _part_of(customers.returned, "path"), value))
    for blank, before, value in seen:
        desk.note(f"the customers, {blank:.0%} blank", _read_table(desk, before.get("path")))
        features = _read_table(desk, value.get("path"))
        desk.note(f"the features' rows, {blank:.0%} blank", features, within=1e-6)
    left = desk.run_apart("look")
    desk.note("files", [len(left["files"]), left["files elsewhere"]])


@examines(2)
def a_kill_leaves_the_features_whole(desk: Desk) -> None:
    """Kill a retry of the features while it writes."""
    source = desk.write("tonight.csv", _csv_of(_draw_customers(desk, desk.rng.randint(150, 300))))
    customers = desk.call("extract_customers", source, "work", _draw_run_id(desk))
    outcome = desk.call("engineer_features", customers.returned)
    value = _hand_on(desk, "the features", outcome)
    desk.run_with("cut_short", "engineer_features", [customers.returned], _draw_room(desk), True)
    desk.note("the features' rows", _read_table(desk, value.get("path")), within=1e-6)


@examines(3)
def the_call_list_names_the_chosen(desk: Desk) -> None:
    """Choose some, all who have a probability, and nobody; write each list twice."""
    counts = [desk.rng.randint(3, 8), 1000, 0]
    desk.run_apart("prepare", [f"campaign-{count}" for count in counts])
    rows = _draw_customers(desk, desk.rng.randint(60, 120), blank=0.1)
    _make_ties(desk, rows)
    features = _features_of(desk, rows)
    for count in counts:
        outcome = desk.call("choose_customers", features, count)
        if count <= 8:
            chosen = _hand_on(desk, f"{count} at most", outcome)
        else:
            chosen = json.loads(json.dumps(outcome.returned, default=str, sort_keys=True))
        for _ in range(2):
            written = desk.call(
                "write_call_list", chosen, features, f"{desk.folder}/campaign-{count}/calls.csv"
            )
        said = _hand_on(desk, f"the list of {count}", written)
        desk.note(f"rows, {count} at most", said.get("rows"))
        desk.note(f"path, {count} at most", _below(desk, said.get("path")))
    for count in counts:
        desk.note(
            f"the list, {count} at most",
            [
                [row.get(name) for name in ("customer_id", "probability", "monthly_charges")]
                for row in _rows_of(_read_table(desk, f"campaign-{count}/calls.csv"))
            ],
        )
    desk.note("files", desk.run_apart("look")["files"])


@examines(3)
def the_call_list_is_whole_or_yesterdays(desk: Desk) -> None:
    """Write it on a full disk, and be killed at it, elsewhere."""
    desk.run_apart("prepare", ["full", "killed"])
    features = _features_of(desk, _draw_customers(desk, 300))
    chosen = desk.call("choose_customers", features, desk.rng.randint(200, 300))
    if chosen.raised:
        desk.note_outcome("the chosen", chosen)
        return
    handed = json.loads(json.dumps(chosen.returned, default=str, sort_keys=True))
    for name in ("full", "killed"):
        asked = [handed, features, f"{desk.folder}/{name}/calls.csv"]
        outcome = desk.run_with(
            "cut_short", "write_call_list", asked, _draw_room(desk), name == "killed"
        )
        desk.note_outcome(f"where it is to be {name} it", outcome)
    for name in ("full", "killed"):
        desk.note(f"yesterday's list, {name}", _read_table(desk, f"{name}/calls.csv"))
    files = desk.run_apart("look")["files"]
    desk.note("files where the disk was full", [one for one in files if one.startswith("full/")])


@examines(4)
def nothing_is_left_and_nothing_is_taken(desk: Desk) -> None:
    """Clean up after a run that went well, one that was killed, one that never was."""
    rng = desk.rng
    source = desk.write("tonight.csv", _csv_of(_draw_customers(desk, rng.randint(150, 200))))
    well, killed = f"manual__{rng.randrange(10**4, 10**5)}", f"run_{rng.randrange(10**4, 10**5)}"
    others = [f"{well}{rng.randrange(10)}", f"{rng.choice('abc')}_{well}", well[:-1]]
    others += [well.upper(), f"{killed}.{rng.choice(('csv', 'part', 'tmp'))}"]
    rng.shuffle(others)
    desk.note_outcome("no folder yet", desk.call("clean_up", "work", well))
    handed = {
        run_id: desk.call("extract_customers", source, "work", run_id) for run_id in (well, *others)
    }
    desk.call("engineer_features", handed[well].returned)
    asked = [source, "work", killed]
    desk.run_with("cut_short", "extract_customers", asked, _draw_room(desk), True)
    desk.call("clean_up", "work", killed)
    desk.note_outcome("removed of the run that went well", desk.call("clean_up", "work", well))
    desk.note_outcome("removed again", desk.call("clean_up", "work", well))
    left = desk.run_apart("look")
    for run_id in others:
        path = _below(desk, _part_of(handed[run_id].returned, "path").get("path"))
        desk.note(f"{run_id} has its file", path in left["files"])
    desk.note("files", len(left["files"]))
    desk.note("elsewhere, and empty folders", [left["files elsewhere"], left["empty folders"]])
