"""Examine 01_records: drawn records, published, changed and removed; the folder is looked at."""

from __future__ import annotations

import json
from typing import Any

from dojo.kit import Desk, Draw, examines


def _draw(desk: Desk, count: int) -> dict[str, dict[str, Any]]:
    texts = [*Draw(desk.rng.getrandbits(32)).texts(limit=200).values()]
    return {
        f"product-{number}": {
            "price": round(desk.rng.uniform(0, 99), 2),
            "note": desk.rng.choice(texts),
            "sold": desk.rng.randrange(10**6),
        }
        for number in range(count)
    }


def _note_folder(desk: Desk) -> None:
    left = desk.run_apart("look")
    records = {}
    for name, text in left.items():
        try:
            records[name] = json.loads(text) if name.endswith(".json") else text
        except ValueError:
            records[name] = "no JSON"
    desk.note("the folder", records)


@examines(1, rests_on=("outside", "answer"))
def records_are_there_as_drawn(desk: Desk) -> None:
    """Publish, change some, publish again."""
    desk.run_apart("prepare", {"README.txt": "of others"})
    folder, records = str(desk.folder / "store"), _draw(desk, desk.rng.randint(3, 9))
    desk.note_outcome("first", desk.call("publish", folder, records))
    for name in desk.rng.sample(sorted(records), 2):
        records[name] = {"price": -1}
    desk.note_outcome("again", desk.call("publish", folder, records))
    _note_folder(desk)


@examines(1, rests_on=("outside", "answer"))
def a_number_that_json_lacks_changes_nothing(desk: Desk) -> None:
    """Publish, then once more with a price that is no number, the last of them."""
    desk.run_apart("prepare", {})
    folder, records = str(desk.folder / "store"), _draw(desk, 4)
    desk.note_outcome("first", desk.call("publish", folder, records))
    new = {name: {"price": 0} for name in records} | {"zuletzt": {"price": float("nan")}}
    desk.note_failure("NaN", desk.call("publish", folder, new), kind="ValueError")
    _note_folder(desk)


@examines(2, rests_on=("outside", "answer"))
def the_rest_is_removed(desk: Desk) -> None:
    """Keep some, remove the rest, leave what others have put there."""
    records = _draw(desk, 6)
    files = {f"{name}.json": json.dumps(one) for name, one in records.items()}
    desk.run_apart("prepare", {**files, "notes.md": "of others", "a.json.lock": ""})
    keep = desk.rng.sample(sorted(records), 3)
    desk.note_outcome("removed", desk.call("remove", str(desk.folder / "store"), keep))
    _note_folder(desk)
