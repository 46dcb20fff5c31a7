"""What the scenarios of 16_xcom draw, what they do inside, and how they read what is left.

`cut_short` is run by the submission's process (`Desk.drive`), `prepare` and `look` by one of their
own (`Desk.help`).
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import signal
from pathlib import Path
from typing import Any

from dojo.exam.stage import Desk, Outcome

_NUMBERS = ("tenure_months", "monthly_charges", "support_calls")
_XCOM_BYTES = 1000
_YESTERDAY = "customer_id,probability,monthly_charges\n77,0.5,9.5\n"

Rows = list[dict[str, Any]]


# Inside


def prepare(folder: Path, names: list[str]) -> None:
    """Make folders, each with yesterday's call list."""
    for name in names:
        (folder / name).mkdir()
        (folder / name / "calls.csv").write_text(_YESTERDAY, encoding="utf-8")


def cut_short(
    solution: Any, folder: Path, name: str, args: list[Any], after_bytes: int, is_killed: bool
) -> str:
    """Call an entry point in a process whose disk is full after some bytes of a file.

    Args:
        solution: The submission.
        folder: Where it may write.
        name: The entry point.
        args: Its arguments.
        after_bytes: How much of a file there is room for.
        is_killed: The write that does not fit kills the process instead of raising OSError.

    Returns:
        `returned`, `raised` or `killed`.
    """
    import resource

    del folder
    function = getattr(solution, name)
    pid = os.fork()
    if not pid:
        code = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL if is_killed else signal.SIG_IGN)
            hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
            resource.setrlimit(resource.RLIMIT_FSIZE, (after_bytes, hard))
            function(*args)
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return "killed"
    return "raised" if os.WEXITSTATUS(status) else "returned"


def look(folder: Path) -> dict[str, Any]:
    """List what is left: files below the folder, folders without a file, and files elsewhere."""
    room, token = folder.parent.parent, folder.name
    files = [path for path in folder.rglob("*") if not path.is_dir()]
    needed = {parent for path in files for parent in path.parents}
    elsewhere = [
        path
        for name in ("tmp", "home")
        for path in (room / name / token).rglob("*")
        if not path.is_dir() and path.name != "output.txt"
    ]
    return {
        "files": sorted(str(path.relative_to(folder)) for path in files),
        "empty folders": sorted(
            str(path.relative_to(folder))
            for path in folder.rglob("*")
            if path.is_dir() and path not in needed
        ),
        "files elsewhere": len(elsewhere),
    }


# What is drawn


def draw_customers(desk: Desk, count: int, blank: float = 0.0) -> Rows:
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


def csv_of(rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _written(value) for name, value in row.items()})
    return text.getvalue()


def _written(value: Any) -> str:
    return repr(round(value, 4)) if isinstance(value, float) else str(value)


def draw_run_id(desk: Desk) -> str:
    rng = desk.rng
    kind = rng.choice(("manual", "scheduled"))
    day = f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return f"{kind}__{day}T0{rng.randrange(9)}:00:00+00:00"


def draw_room(desk: Desk) -> int:
    """Draw how many bytes of a file a disk has room for: fewer than any of those here need."""
    return desk.rng.randint(500, 3000)


def make_ties(desk: Desk, rows: Rows) -> None:
    """Have a few of the likeliest be equally likely, their ids in no order."""
    rows.sort(key=lambda row: row["support_calls"])
    best = {**rows[-1], "monthly_charges": 99.9, "support_calls": 9, "tenure_months": 1}
    ids = desk.rng.sample([7, 8, 9, 10, 11, 100], 4)
    rows[-4:] = [{**best, "customer_id": number} for number in ids]
    taken = set(ids)
    rows[:-4] = [row for row in rows[:-4] if row["customer_id"] not in taken]
    desk.rng.shuffle(rows)


def features_of(desk: Desk, rows: Rows) -> dict[str, Any]:
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
        "path": desk.write("features.csv", csv_of(full)),
        "rows": len(rows),
        "support_calls": sum(row["support_calls"] for row in rows),
        "means": dict.fromkeys(_NUMBERS, 1.0),
    }


# What is seen


def hand_on(desk: Desk, what: str, outcome: Outcome) -> Any:
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


def below(desk: Desk, path: Any) -> str:
    """Return a path as it is below the submission's folder; what is elsewhere is told."""
    whole = os.path.normpath(desk.folder / str(path))
    for folder in (desk.folder, os.path.realpath(desk.folder)):
        if whole.startswith(f"{folder}{os.sep}"):
            return os.path.relpath(whole, folder)
    return "not below the given folder"


def read_table(desk: Desk, path: Any) -> Any:
    """Read a CSV file that was left; numbers are numbers."""
    data = desk.read(str(Path("work") / desk.folder.name / below(desk, path)))
    if data is None:
        return "no file"
    text = io.StringIO(data.decode("utf-8", errors="replace"), newline="")
    return [{name: _number(value) for name, value in row.items()} for row in csv.DictReader(text)]


def _number(text: Any) -> Any:
    try:
        return float(text or "nan")
    except (TypeError, ValueError):
        return text


def part_of(value: Any, *names: str) -> dict[str, Any]:
    return {name: value.get(name) for name in names} if isinstance(value, dict) else {}


def rows_of(read: Any) -> Rows:
    return read if isinstance(read, list) else [{"customer_id": read}]
