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
import re
from pathlib import Path
from typing import Any

from dojo.exam.stage import Desk, Outcome, examines
from dojo.world.draw import Customers, Draw
from dojo.world.draw import qualities as q
from dojo.world.files import calls
from dojo.world.files.nights import OF_AN_EXPORT
from dojo.world.files.tables import first_difference, near

_NUMBERS = ("tenure_months", "monthly_charges", "support_calls")
_LIST = {"customer_id", "probability", "monthly_charges"}
_XCOM_BYTES = 1000
_SIZE = 2**16
_SIGNS = r"[A-Za-z0-9_.~:+-]"

Rows = list[dict[str, str]]


# What is drawn


def _draw_night(desk: Desk, count: int, *also: str, **more: Any) -> Customers:
    """Draw customers as an export has them, some without charges."""
    shapes = (*OF_AN_EXPORT, *also)
    draw = Draw(desk.rng.getrandbits(64))
    more = {"blank": ["monthly_charges"], **more}
    return draw.customers(count, churned=False, also=shapes, **more)


def _corrected(drawn: Customers, desk: Desk) -> Customers:
    """Draw another night, of which nobody can tell by its number of rows that it is another one."""
    new = _draw_night(desk, 200)
    new[:] = new[: len(drawn)]
    return new


def _padded(drawn: Customers) -> str:
    """Write a night as long as any other one: an empty line is no row."""
    text = drawn.csv()
    return text + "\n" * (-len(text.encode()) % _SIZE)


def _draw_run_id(desk: Desk) -> str:
    rng = desk.rng
    kind = rng.choice(("manual", "scheduled"))
    day = f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return f"{kind}__{day}T0{rng.randrange(9)}:00:00+00:00"


def _draw_run_ids(desk: Desk) -> list[str]:
    """Draw runs whose ids differ in little, and whatever is allowed in one."""
    stem = f"manual__{desk.rng.randrange(10**4, 10**5)}"
    whole = _draw_run_id(desk)
    drawn = Draw(desk.rng.getrandbits(64)).names(signs=_SIGNS).values()
    more = [whole, whole.replace("+", "-"), whole.replace("+", "."), whole.replace(":", "")]
    more += [stem, f"{stem}0", f"a_{stem}", stem[:-1], stem.upper(), f"{stem}.csv", f".{stem}"]
    found = list(dict.fromkeys([*drawn, *more, ".", ".."]))
    desk.rng.shuffle(found)
    return found


def _draw_room(desk: Desk) -> int:
    """Draw how many bytes of a file a disk has room for: fewer than any of those here need."""
    return desk.rng.randint(500, 3000)


def _error(desk: Desk) -> str:
    """Draw an error that is none of the disk's."""
    return str(desk.rng.choice(("MemoryError", "RuntimeError")))


def _features_of(desk: Desk, drawn: Customers, name: str = "features.csv") -> dict[str, Any]:
    """Make what `engineer_features` returns, of a file that nobody may change."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*drawn.columns, "paid_so_far"])
    for row, written in zip(drawn, _read_rows(drawn.csv()), strict=True):
        paid = calls.paid_by(row)
        writer.writerow([*written.values(), "" if math.isnan(paid) else paid])
    return {
        "path": desk.write(name, text.getvalue()),
        "rows": len(drawn),
        "support_calls": int(calls.report_of(drawn)["support_calls"]),
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


def _chosen(desk: Desk, features: dict[str, Any], at_most: int) -> Any:
    """Have customers be chosen, and hand them on, whatever they are, as XCom does."""
    outcome = desk.call("choose_customers", features, at_most)
    return json.loads(json.dumps(outcome.returned, default=str, sort_keys=True))


def _below(desk: Desk, path: Any) -> str:
    """Return a path as it is below the submission's folder; what is elsewhere is told."""
    whole = os.path.normpath(str(path))
    for folder in (desk.folder, os.path.realpath(desk.folder)):
        if whole.startswith(f"{folder}{os.sep}"):
            return os.path.relpath(whole, folder)
    return "not below the given folder"


def _read_rows(text: str) -> Rows:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _read(desk: Desk, path: Any) -> Rows | None:
    """Read a CSV file that was left, as text; None if there is none."""
    data = desk.read(str(Path("work") / desk.folder.name / _below(desk, path)))
    return None if data is None else _read_rows(data.decode("utf-8", errors="replace"))


def _part_of(value: Any, *names: str) -> dict[str, Any]:
    return {name: value.get(name) for name in names} if isinstance(value, dict) else {}


def _fault_of_customers(rows: Rows | None, *nights: Customers) -> str:
    """Say where a file differs from all nights that it may be of; nothing for one of them."""
    if rows is None:
        return "no file"
    faults = [first_difference(rows, _read_rows(night.csv())) for night in nights]
    same = len(rows) in map(len, nights) and "all is as expected" in faults
    return "" if same else faults[-1]


def _fault_of_features(rows: Rows | None, drawn: Customers) -> str:
    """Say what is wrong with the features of a night."""
    if rows is None:
        return "no file"
    texts = [{name: text for name, text in row.items() if name not in _NUMBERS} for row in rows]
    given = [
        {name: text for name, text in row.items() if name not in _NUMBERS}
        for row in _read_rows(drawn.csv())
    ]
    paid = [_number(row.pop("paid_so_far", "none")) for row in texts]
    if texts != given:
        return first_difference(texts, given)
    for row, seen, right in zip(rows, paid, drawn, strict=True):
        wanted = {name: math.nan if right[name] is None else right[name] for name in _NUMBERS}
        if not near(seen, calls.paid_by(right)):
            return f"paid_so_far of {right['customer_id']} is {seen!r}"
        if not all(near(_number(row[name]), wanted[name]) for name in _NUMBERS):
            return f"a number of {right['customer_id']} is another one"
    return ""


def _fault_of_report(value: Any, drawn: Customers) -> list[str]:
    """Name the numbers of a report that are not those of a night."""
    means = value.get("means") if isinstance(value, dict) else None
    if not isinstance(means, dict):
        return ["no report"]
    seen = {**value, **{f"means.{name}": one for name, one in means.items()}}
    report = calls.report_of(drawn)
    kinds = {name: (int,) if "." not in name else (float, type(None)) for name in report}
    return [
        name
        for name in report
        if type(seen.get(name)) not in kinds[name] or not near(seen[name], report[name])
    ]


def _fault_of_list(rows: Rows | None, drawn: Customers, at_most: int) -> str:
    """Say what is wrong with the call list of a night."""
    if rows is None:
        return "no file"
    if rows and rows[0].keys() != _LIST:
        return f"its columns are {sorted(map(str, rows[0]))}"
    seen = [
        (
            row["customer_id"].lstrip("0"),
            _number(row["probability"]),
            _number(row["monthly_charges"]),
        )
        for row in rows
    ]
    fault = calls.fault_of(seen, calls.likeliest(drawn, at_most))
    return fault[0] if fault else ""


def _number(text: Any) -> float:
    try:
        return float(text or "nan")
    except (TypeError, ValueError):
        return -1.5


def _note_left(desk: Desk, *paths: Any) -> list[str]:
    """Note what others may not read, and what lies elsewhere; return the files.

    With paths only these count, and what a driver has kept: parts are whoever's who was killed.
    """
    left = desk.run_apart("look")
    mine = [_below(desk, path) for path in paths]
    mine += [name for name in left["files"] if name.startswith("kept/")]
    kept = [
        name
        for name in left["kept from others"]
        if not paths or any(f"{one}/".startswith(f"{name}/") for one in mine)
    ]
    desk.note("kept from others", kept)
    desk.note("files elsewhere", left["files elsewhere"])
    return list(left["files"])


def _in(folder: str, files: list[str]) -> int:
    """Count the files in a folder."""
    return sum(name.startswith(f"{folder}/") for name in files)


@examines(1, rests_on=("outside", "answer", "word"))
def customers_stay_as_they_are_written(desk: Desk) -> None:
    """Extract nights of all kinds, and again elsewhere, a day later; without a source; in vain."""
    nights = {
        "a night": _draw_night(desk, desk.rng.randint(120, 200)),
        "one": _draw_night(desk, 1),
        "nobody": _draw_night(desk, 0),
    }
    sources = {f"{name}.csv": night.csv() for name, night in nights.items()}
    desk.run_apart("prepare", sources, [])
    desk.run_with("usually")
    run_id, base, handed = _draw_run_id(desk), desk.folder, {}
    for name in nights:
        asked = [f"{base}/source/{name}.csv", f"{base}/work {name}", run_id]
        handed[name] = _hand_on(desk, name, desk.call("extract_customers", *asked))
    desk.advance(24 * 3600)
    for name, first in handed.items():
        asked = [f"{base}/source/{name}.csv", f"{base}/work {name}", run_id]
        again = desk.run_with("elsewhere", "extract_customers", asked)
        desk.note(f"{name}, again and elsewhere", again.returned == first)
        desk.note(f"{name}, rows", first.get("rows"))
    never = desk.call("extract_customers", f"{base}/source/none.csv", f"{base}/never", run_id)
    desk.note_failure("no source", never)
    asked = [f"{base}/source/a night.csv", f"{base}/full", run_id]
    for what in ("full", "and again"):
        ended = desk.run_with("cut_short", "extract_customers", asked, _draw_room(desk), False)
        desk.note_outcome(f"on a full disk it, {what}", ended)
    desk.run_with("met_by_an_error", "extract_customers", asked, "full", _error(desk))
    desk.run_with("remove", "source/a night.csv")
    asked = [f"{base}/source/a night.csv", f"{base}/work a night", run_id]
    desk.note_failure("no source at a retry", desk.call("extract_customers", *asked))
    files = _note_left(desk)
    for name, first in handed.items():
        desk.note(f"{name}, in", _below(desk, first.get("path")).split("/")[0])
        desk.note(
            f"{name}, differs", _fault_of_customers(_read(desk, first.get("path")), nights[name])
        )
        desk.note(f"{name}, files", _in(f"work {name}", files))
    desk.note("files of a run that failed", [_in("never", files), _in("full", files)])


@examines(1, rests_on=("outside", "answer"))
def each_run_has_its_file(desk: Desk) -> None:
    """Extract for runs whose ids differ in little; some are a year old when others come."""
    workdir = f"work-{desk.rng.randrange(10**6)}"
    desk.run_with("usually")
    run_ids, paths = _draw_run_ids(desk), []
    for number, run_id in enumerate(run_ids, start=1):
        rows = "".join(f"{one},12,29.9,1\n" for one in range(number))
        source = desk.write("some.csv", f"customer_id,{','.join(_NUMBERS)}\n{rows}")
        value = desk.call("extract_customers", source, workdir, run_id).returned
        paths.append(_part_of(value, "path").get("path"))
        if number == len(run_ids) // 2:
            desk.run_with("age", workdir)
    for number, path in enumerate(paths, start=1):
        desk.note(f"run {number}, rows", len(_read(desk, path) or []))
        desk.note(f"run {number}, in", _below(desk, path).split("/")[0])
    desk.note("files", len(_note_left(desk)))


@examines(1, rests_on=("outside", "word"))
def a_kill_leaves_whole_files(desk: Desk) -> None:
    """Kill a retry, whose source is another one, wherever it is; and a first try, made again."""
    old = _draw_night(desk, desk.rng.randint(120, 200))
    new = _corrected(old, desk)
    source = desk.write("tonight.csv", old.csv())
    desk.run_with("usually")
    killed, moved, fresh = "killed", "moved", _draw_run_id(desk)
    paths = {}
    for run_id in (killed, moved):
        value = desk.call("extract_customers", source, "work", run_id).returned
        paths[run_id] = _part_of(value, "path").get("path")
    desk.write("tonight.csv", new.csv())
    for run_id in (killed, fresh):
        asked = [source, "work", run_id]
        ended = desk.run_with("cut_short", "extract_customers", asked, _draw_room(desk), True)
        desk.note(f"run {run_id} raised nothing", ended.returned in ("killed", "returned"))
    asked = [source, "work", moved]
    desk.run_with("killed_at_each_move", "extract_customers", asked, paths[moved])
    again = desk.call("extract_customers", source, "work", fresh)
    whole = _hand_on(desk, "made again", again)
    files = _note_left(desk, *paths.values(), whole.get("path"))
    kept = [f"{desk.folder}/{name}" for name in files if name.startswith("kept/")]
    for what, path in {"killed": paths[killed], "moved": paths[moved]}.items():
        desk.note(f"the file of {what}", _fault_of_customers(_read(desk, path), old, new))
    seen = [_fault_of_customers(_read(desk, path), old, new) for path in kept]
    desk.note("between two moves", sorted({one for one in seen if one}))
    desk.note("made again, differs", _fault_of_customers(_read(desk, whole.get("path")), new))
    desk.note("made again, rows", whole.get("rows"))


@examines(2, rests_on=("outside", "answer"))
def features_and_numbers_for_the_report(desk: Desk) -> None:
    """Make the features of nights of all kinds, and again elsewhere; all below named as files."""
    nights = {
        "floats": _draw_night(desk, desk.rng.randint(60, 150)),
        "whole": _draw_night(desk, desk.rng.randint(60, 150), tame=[q.FLOATS]),
        "one": _draw_night(desk, 1, tame=[q.BLANKS]),
        "blank": _draw_night(desk, 1),
        "nobody": _draw_night(desk, 0),
    }
    run_id = _draw_run_id(desk)
    desk.run_with("usually")
    handed, workdir, below = {}, "work", ""
    for name, night in nights.items():
        source = desk.write(f"{name}.csv", night.csv())
        customers = desk.call("extract_customers", source, f"{workdir}/{name}", run_id).returned
        outcome = desk.call("engineer_features", customers)
        value = _hand_on(desk, name, outcome)
        again = desk.run_with("elsewhere", "engineer_features", [customers])
        desk.note(f"{name}, again and elsewhere", again.returned == outcome.returned)
        desk.note(f"{name}, the report", _fault_of_report(outcome.returned, night))
        handed[name] = (f"{workdir}/{name}", _part_of(customers, "path"), value)
        # The next folder is called as one of the solution's files.
        path = (customers if below else value).get("path", "") if customers else ""
        words = re.findall(r"[A-Za-z]{2,}", Path(str(path)).stem) or ["work"]
        workdir = below = f"{words[-1]}.csv.d/{words[-1]}"
    files = _note_left(desk)
    for name, (folder, before, value) in handed.items():
        night = nights[name]
        fault = _fault_of_customers(_read(desk, before.get("path")), night)
        desk.note(f"{name}, the customers", fault)
        desk.note(f"{name}, differs", _fault_of_features(_read(desk, value.get("path")), night))
        desk.note(
            f"{name}, is in its folder",
            f"{_below(desk, value.get('path'))}".startswith(f"{folder}/"),
        )
        desk.note(f"{name}, files", _in(folder, files))
    desk.note("files", len(files))


@examines(2, rests_on=("answer",))
def means_are_over_all_rows(desk: Desk) -> None:
    """Ask for the means of more rows than any block has, of which the last ones are others."""
    rng = desk.rng
    rows, more = 100_000, rng.randint(1, 9)
    lines = [f"{one},12,{'' if one % 3 else 30},1" for one in range(rows)]
    lines += [f"{rows + one},{rng.randint(20, 60)},90,{rng.randint(2, 9)}" for one in range(more)]
    header = f"customer_id,{','.join(_NUMBERS)}"
    source = desk.write("many.csv", "\n".join([header, *lines]) + "\n")
    customers = desk.call("extract_customers", source, f"{desk.folder}/work", "manual__1").returned
    value = desk.call("engineer_features", customers).returned
    means = _part_of(value, "means").get("means")
    seen = [means.get(name) for name in _NUMBERS] if isinstance(means, dict) else means
    desk.note("means", seen, within=1e-9)
    desk.note("sums", _part_of(value, "rows", "support_calls"))


@examines(2, rests_on=("outside", "word"))
def features_are_whole_and_of_tonight(desk: Desk) -> None:
    """Make them of a source that was corrected; killed; on a full disk; without customers."""
    old = _draw_night(desk, desk.rng.randint(120, 200))
    new = _corrected(old, desk)
    desk.run_apart("prepare", {"tonight.csv": _padded(old)}, [])
    desk.run_with("usually")
    base, handed = desk.folder, {}
    source = f"{base}/source/tonight.csv"
    for name in ("killed", "moved", "twice"):
        customers = desk.call("extract_customers", source, f"{base}/{name}", "manual__1").returned
        outcome = desk.call("engineer_features", customers)
        handed[name] = (customers, _hand_on(desk, f"the features, {name}", outcome))
    customers, value = handed["killed"]
    desk.run_with("cut_short", "engineer_features", [customers], _draw_room(desk), True)
    customers, value = handed["moved"]
    asked = ["engineer_features", [customers], _part_of(value, "path").get("path")]
    desk.run_with("killed_at_each_move", *asked)
    full = desk.call("extract_customers", source, f"{base}/full", "manual__1").returned
    ended = desk.run_with("cut_short", "engineer_features", [full], _draw_room(desk), False)
    desk.note_outcome("on a full disk it", ended)
    desk.run_with("met_by_an_error", "engineer_features", [full], "full", _error(desk))
    gone = desk.call("extract_customers", source, f"{base}/gone", "manual__1").returned
    desk.run_with("remove", _below(desk, _part_of(gone, "path").get("path")))
    desk.note_failure("no customers", desk.call("engineer_features", gone))
    desk.run_with("correct", "source/tonight.csv", _padded(new))
    customers = desk.call("extract_customers", source, f"{base}/twice", "manual__1").returned
    twice = desk.call("engineer_features", customers).returned
    files = _note_left(desk, *(value.get("path") for _, value in handed.values()))
    for name in ("killed", "moved"):
        path = handed[name][1].get("path")
        desk.note(f"the features, {name}", _fault_of_features(_read(desk, path), old))
    kept = [name for name in files if name.startswith("kept/")]
    seen = [_fault_of_features(_read(desk, f"{base}/{name}"), old) for name in kept]
    desk.note("between two moves", sorted({one for one in seen if one}))
    desk.note("files", [_in("full", files), _in("gone", files), _in("twice", files)])
    is_new = not _fault_of_customers(_read(desk, _part_of(customers, "path").get("path")), new)
    tonight = new if is_new else old
    rows = _read(desk, _part_of(twice, "path").get("path"))
    desk.note("of the corrected source", _fault_of_features(rows, tonight))
    desk.note("its report", _fault_of_report(twice, tonight))


@examines(3, rests_on=("outside", "answer"))
def the_call_list_names_the_chosen(desk: Desk) -> None:
    """Choose some, many, all and nobody of nights of all kinds, whose features have one path."""
    rng = desk.rng
    one, other = _draw_night(desk, 150), _draw_night(desk, 150)
    few, alike = rng.randint(2, 8), _draw_night(desk, 60, q.ALL_ALIKE)
    plays = [
        ("a night", one, few),
        ("another night", other, 51),
        ("the first again", one, 1000),
        ("all alike", alike, rng.randint(5, 12)),
        ("nobody there", _draw_night(desk, 0), 5),
        ("nobody asked for", one, 0),
    ]
    desk.run_apart("prepare", {}, [name for name, *_ in plays])
    desk.run_with("usually")
    for number, (name, night, at_most) in enumerate(plays):
        features = _features_of(desk, night)
        outcome = desk.call("choose_customers", features, at_most)
        chosen = json.loads(json.dumps(outcome.returned, default=str, sort_keys=True))
        if at_most <= 20:
            chosen = _hand_on(desk, f"{name}, chosen", outcome)
        target = f"{desk.folder}/{name}/calls.csv"
        asked = [chosen, features, os.path.relpath(target, desk.folder) if number else target]
        said = _hand_on(desk, f"{name}, the list", desk.call("write_call_list", *asked))
        desk.run_with("on_another_processor", "write_call_list", asked)
        desk.note(f"{name}, rows", said.get("rows"))
        desk.note(f"{name}, path", _below(desk, said.get("path")))
    desk.note("files", _note_left(desk))
    for name, night, at_most in plays:
        rows = _read(desk, f"{desk.folder}/{name}/calls.csv")
        desk.note(f"{name}, differs", _fault_of_list(rows, night, at_most))


@examines(3, rests_on=("outside", "word"))
def the_call_list_is_whole_or_yesterdays(desk: Desk) -> None:
    """Write it on a full disk, killed, where it is refused, and when another run writes its own."""
    folders = ["full", "killed", "refused", "moved", "apart", "beside"]
    desk.run_apart("prepare", {}, folders)
    desk.run_with("usually")
    nights = [_draw_night(desk, 150), _draw_night(desk, 150)]
    every = [_features_of(desk, night, f"{at}.csv") for at, night in enumerate(nights)]
    counts = [desk.rng.randint(80, 110), desk.rng.randint(3, 9)]
    chosen = [_chosen(desk, *asked) for asked in zip(every, counts, strict=True)]
    target = {name: f"{desk.folder}/{name}/calls.csv" for name in folders}
    for name in ("full", "killed"):
        asked = [chosen[0], every[0], target[name]]
        room, is_killed = desk.rng.randint(300, 1000), name == "killed"
        ended = desk.run_with("cut_short", "write_call_list", asked, room, is_killed)
        desk.note_outcome(f"where it is to be {name} it", ended)
    asked = [chosen[0], every[0], target["full"]]
    desk.run_with("met_by_an_error", "write_call_list", asked, "full", _error(desk))
    asked = [chosen[0], every[0], target["refused"]]
    desk.run_with("refused", "write_call_list", asked, "rename", "refused", target["refused"])
    asked = [chosen[0], every[0], target["moved"]]
    desk.run_with("killed_at_each_move", "write_call_list", asked, target["moved"])
    for name in ("apart", "beside"):
        both = [[*one, target[name]] for one in zip(chosen, every, strict=True)]
        met = desk.run_with("overtaken", both, target[name], name == "apart")
        desk.note_outcome(f"two runs, {name}", met)
    files = _note_left(desk, *target.values())
    for name in ("full", "killed", "refused"):
        desk.note(f"yesterday's list, {name}", _read(desk, target[name]))
    rows = _read(desk, target["moved"])
    desk.note("tonight's list at last", _fault_of_list(rows, nights[0], counts[0]))
    faults = []
    for name in files:
        if name.startswith("kept/"):
            rows = _read(desk, f"{desk.folder}/{name}")
            if _fault_of_list(rows, nights[0], counts[0]) and len(rows or []) != 1:
                faults.append(name)
    desk.note("between two moves", faults)
    for name in ("apart", "beside"):
        rows = _read(desk, target[name])
        told = [_fault_of_list(rows, *one) for one in zip(nights, counts, strict=True)]
        desk.note(f"one of two lists, {name}", "" in told)
    beside = [
        name for name in files if name.split("/")[0] in ("full", "refused", "apart", "beside")
    ]
    desk.note("files", beside)


@examines(4, rests_on=("outside", "word"))
def nothing_is_left_and_nothing_is_taken(desk: Desk) -> None:
    """Clean up after each of many runs, elsewhere, a day later; one was killed, one never was."""
    desk.run_with("usually")
    source = desk.write("tonight.csv", _draw_night(desk, 60).csv())
    run_ids, base = _draw_run_ids(desk), desk.folder
    outcome = desk.call("clean_up", f"{base}/never", run_ids[0])
    desk.note_outcome("no workdir yet", outcome)
    handed = []
    for run_id in run_ids:
        customers = desk.call("extract_customers", source, f"{base}/work", run_id).returned
        features = desk.call("engineer_features", customers).returned
        handed.append([_part_of(one, "path").get("path") for one in (customers, features)])
    words = dict.fromkeys(
        re.findall(r"[A-Za-z]{2,}", " ".join(Path(str(one)).name for one in handed[0]))
    )
    for run_id in [f"backfill_{word}" for word in words]:
        customers = desk.call("extract_customers", source, f"{base}/work", run_id).returned
        desk.call("engineer_features", customers)
    desk.run_with("age", "work")
    kept = len(run_ids) // 2
    desk.advance(24 * 3600)
    removed = []
    for run_id in [*run_ids[kept:], *(f"backfill_{word}" for word in words)]:
        removed.append(desk.run_with("elsewhere", "clean_up", [f"{base}/work", run_id]).returned)
        removed.append(desk.call("clean_up", f"{base}/work", run_id).returned)
    desk.note("removed", sorted({json.dumps(one, default=str) for one in removed}))
    desk.note("removed of each in vain", removed[1::2] == [0] * (len(removed) // 2))
    killed = [source, f"{base}/killed", "run_7"]
    desk.run_with("cut_short", "extract_customers", killed, 500, True)
    there = desk.run_with("count", "killed").returned
    desk.run_with("age", "killed")
    desk.call("clean_up", f"{base}/killed", "run_8")
    desk.note("old parts are another run's", desk.run_with("count", "killed").returned == there)
    removed = desk.call("clean_up", f"{base}/killed", "run_7").returned
    desk.note("removed of one that was killed", removed == there)
    left = desk.run_apart("look")
    desk.note("the folder of all runs stays", "killed" in left["empty folders"])
    files = left["files"]
    missing = [
        run_id
        for run_id, paths in zip(run_ids[:kept], handed[:kept], strict=True)
        if not all(_below(desk, path) in files for path in paths)
    ]
    desk.note("runs that have lost a file", missing)
    desk.note("files", len(files))
    folders = [name for name in left["empty folders"] if "/" in name or name == "never"]
    desk.note("elsewhere, and empty folders", [left["files elsewhere"], folders])


@examines(4, rests_on=("outside", "word"))
def what_cannot_be_removed_is_an_error(desk: Desk) -> None:
    """Clean up where files, lists of a folder, or folders are refused; then where nothing is."""
    desk.run_with("usually")
    source, base = desk.write("tonight.csv", _draw_night(desk, 30).csv()), desk.folder
    ended = {}
    for kind in ("remove", "list", "rmdir", "again"):
        customers = desk.call("extract_customers", source, f"{base}/{kind}", "manual__1").returned
        desk.call("engineer_features", customers)
        refused = "remove" if kind == "again" else kind
        asked = [
            "clean_up",
            [f"{base}/{kind}", "manual__1"],
            refused,
            kind if kind == "list" else "",
        ]
        ended[kind] = desk.run_with("refused", *asked).returned
    desk.note("removed at last", desk.call("clean_up", f"{base}/again", "manual__1").returned)
    left = desk.run_apart("look")
    found = [*left["files"], *left["empty folders"]]
    for kind in ("remove", "list", "rmdir"):
        desk.note(f"refused: {kind}", ended[kind] == "raised" or not _in(kind, found))
    desk.note("left", _in("again", found))
