"""Examine 16_xcom: drawn customers and runs; what is handed on, and which files are left.

Files are looked at when the submission's process is dead. What belongs to one kind of mishap has a
folder of its own: a killed call may leave a part of a file, one on a full disk may not.
"""

from __future__ import annotations

import json
import os
from typing import Any

from dojo.exam.exams._xcom import (
    below,
    csv_of,
    cut_short,
    draw_customers,
    draw_room,
    draw_run_id,
    features_of,
    hand_on,
    look,
    make_ties,
    part_of,
    prepare,
    read_table,
    rows_of,
)
from dojo.exam.stage import Desk, examines

# Run in processes of their own, or in the submission's.
__all__ = ["cut_short", "look", "prepare"]


@examines(1)
def each_run_has_its_file(desk: Desk) -> None:
    """Extract for two runs whose ids differ in one sign; each twice, into a folder not yet there.

    A third one meets a full disk.
    """
    workdir, run_id = f"work-{desk.rng.randrange(10**6)}", draw_run_id(desk)
    handed: list[dict[str, Any]] = []
    for name in (run_id, run_id.replace("+", desk.rng.choice("-.~_"))):
        count = desk.rng.randint(120, 300)
        source = desk.write(f"{len(handed)}.csv", csv_of(draw_customers(desk, count, blank=0.1)))
        outcome = desk.call("extract_customers", source, workdir, name)
        first = hand_on(desk, f"run {len(handed)}, a reference", outcome)
        again = desk.call("extract_customers", source, workdir, name)
        desk.note(f"run {len(handed)}, called again", again.returned == first)
        desk.note(f"run {len(handed)}, rows", first.get("rows"))
        desk.note(f"run {len(handed)}, absolute", os.path.isabs(str(first.get("path"))))
        handed.append(first)
    asked = [source, workdir, draw_run_id(desk) + "x"]
    full = desk.drive("cut_short", "extract_customers", asked, draw_room(desk), False)
    desk.note_outcome("on a full disk it", full)
    for number, first in enumerate(handed):
        desk.note(f"run {number}, in the folder", below(desk, first.get("path")).split("/")[0])
        desk.note(f"run {number}, the customers", read_table(desk, first.get("path")))
    left = desk.help("look")
    desk.note("files", [len(left["files"]), left["files elsewhere"]])


@examines(1)
def a_kill_leaves_whole_files(desk: Desk) -> None:
    """Kill a retry while it writes; kill a first try, then have it made again."""
    source = desk.write("tonight.csv", csv_of(draw_customers(desk, desk.rng.randint(150, 300))))
    old, new = draw_run_id(desk), f"{draw_run_id(desk)}.again"
    first = desk.call("extract_customers", source, "work", old)
    for run_id in (old, new):
        asked = [source, "work", run_id]
        killed = desk.drive("cut_short", "extract_customers", asked, draw_room(desk), True)
        desk.note(f"run {run_id} raised nothing", killed.returned in ("killed", "returned"))
    second = desk.call("extract_customers", source, "work", new)
    for what, outcome in (("the old file", first), ("the file made again", second)):
        if outcome.raised:
            desk.note_outcome(what, outcome)
        else:
            desk.note(what, read_table(desk, part_of(outcome.returned, "path").get("path")))


@examines(2)
def features_and_numbers_for_the_report(desk: Desk) -> None:
    """Make the features twice, of customers some of whose charges are blank, then all."""
    seen: list[tuple[float, dict[str, Any], dict[str, Any]]] = []
    for blank in (0.2, 1.0):
        rows = draw_customers(desk, desk.rng.randint(60, 150), blank)
        workdir = f"work-{len(seen)}"
        source = desk.write(f"{workdir}.csv", csv_of(rows))
        customers = desk.call("extract_customers", source, workdir, draw_run_id(desk))
        outcome = desk.call("engineer_features", customers.returned)
        value = hand_on(desk, f"the features, {blank:.0%} blank", outcome)
        again = desk.call("engineer_features", customers.returned)
        desk.note(f"called again, {blank:.0%} blank", again.returned == outcome.returned)
        desk.note(
            f"the report, {blank:.0%} blank",
            part_of(outcome.returned, "rows", "support_calls", "means"),
        )
        seen.append((blank, part_of(customers.returned, "path"), value))
    for blank, before, value in seen:
        desk.note(f"the customers, {blank:.0%} blank", read_table(desk, before.get("path")))
        features = read_table(desk, value.get("path"))
        desk.note(f"the features' rows, {blank:.0%} blank", features, within=1e-6)
    left = desk.help("look")
    desk.note("files", [len(left["files"]), left["files elsewhere"]])


@examines(2)
def a_kill_leaves_the_features_whole(desk: Desk) -> None:
    """Kill a retry of the features while it writes."""
    source = desk.write("tonight.csv", csv_of(draw_customers(desk, desk.rng.randint(150, 300))))
    customers = desk.call("extract_customers", source, "work", draw_run_id(desk))
    outcome = desk.call("engineer_features", customers.returned)
    value = hand_on(desk, "the features", outcome)
    desk.drive("cut_short", "engineer_features", [customers.returned], draw_room(desk), True)
    desk.note("the features' rows", read_table(desk, value.get("path")), within=1e-6)


@examines(3)
def the_call_list_names_the_chosen(desk: Desk) -> None:
    """Choose some, all who have a probability, and nobody; write each list twice."""
    counts = [desk.rng.randint(3, 8), 1000, 0]
    desk.help("prepare", [f"campaign-{count}" for count in counts])
    rows = draw_customers(desk, desk.rng.randint(60, 120), blank=0.1)
    make_ties(desk, rows)
    features = features_of(desk, rows)
    for count in counts:
        outcome = desk.call("choose_customers", features, count)
        if count <= 8:
            chosen = hand_on(desk, f"{count} at most", outcome)
        else:
            chosen = json.loads(json.dumps(outcome.returned, default=str, sort_keys=True))
        for _ in range(2):
            written = desk.call(
                "write_call_list", chosen, features, f"{desk.folder}/campaign-{count}/calls.csv"
            )
        said = hand_on(desk, f"the list of {count}", written)
        desk.note(f"rows, {count} at most", said.get("rows"))
        desk.note(f"path, {count} at most", below(desk, said.get("path")))
    for count in counts:
        desk.note(
            f"the list, {count} at most",
            [
                [row.get(name) for name in ("customer_id", "probability", "monthly_charges")]
                for row in rows_of(read_table(desk, f"campaign-{count}/calls.csv"))
            ],
        )
    desk.note("files", desk.help("look")["files"])


@examines(3)
def the_call_list_is_whole_or_yesterdays(desk: Desk) -> None:
    """Write it on a full disk, and be killed at it, elsewhere."""
    desk.help("prepare", ["full", "killed"])
    features = features_of(desk, draw_customers(desk, 300))
    chosen = desk.call("choose_customers", features, desk.rng.randint(200, 300))
    if chosen.raised:
        desk.note_outcome("the chosen", chosen)
        return
    handed = json.loads(json.dumps(chosen.returned, default=str, sort_keys=True))
    for name in ("full", "killed"):
        asked = [handed, features, f"{desk.folder}/{name}/calls.csv"]
        outcome = desk.drive(
            "cut_short", "write_call_list", asked, draw_room(desk), name == "killed"
        )
        desk.note_outcome(f"where it is to be {name} it", outcome)
    for name in ("full", "killed"):
        desk.note(f"yesterday's list, {name}", read_table(desk, f"{name}/calls.csv"))
    files = desk.help("look")["files"]
    desk.note("files where the disk was full", [one for one in files if one.startswith("full/")])


@examines(4)
def nothing_is_left_and_nothing_is_taken(desk: Desk) -> None:
    """Clean up after a run that went well, one that was killed, one that never was."""
    rng = desk.rng
    source = desk.write("tonight.csv", csv_of(draw_customers(desk, rng.randint(150, 200))))
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
    desk.drive("cut_short", "extract_customers", asked, draw_room(desk), True)
    desk.call("clean_up", "work", killed)
    desk.note_outcome("removed of the run that went well", desk.call("clean_up", "work", well))
    desk.note_outcome("removed again", desk.call("clean_up", "work", well))
    left = desk.help("look")
    for run_id in others:
        path = below(desk, part_of(handed[run_id].returned, "path").get("path"))
        desk.note(f"{run_id} has its file", path in left["files"])
    desk.note("files", len(left["files"]))
    desk.note("elsewhere, and empty folders", [left["files elsewhere"], left["empty folders"]])
