"""What is in the folder, and what a reader sees who comes at any moment."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

PRICES = {"tea": {"price": 3.5, "note": "Thé"}, "coffee": {"price": 4.0, "note": "—"}}


def read(folder: Path) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}


def test_each_record_is_a_file(solution: Any, json_folder: Path) -> None:
    solution.publish(str(json_folder), PRICES)

    assert read(json_folder) == PRICES, (
        f"After publish(folder, {PRICES}) the folder has {read(json_folder)}."
        " In production: the shop sells at prices that nobody has set."
    )


def test_number_that_json_lacks_is_refused(solution: Any, json_folder: Path) -> None:
    for number in (math.nan, math.inf):
        try:
            solution.publish(str(json_folder), {"tea": {"price": number}})
        except ValueError:
            continue
        left = [path.read_text("utf-8") for path in json_folder.glob("*.json")]
        pytest.fail(
            f"publish accepted a price of {number!r}, and wrote {left}. Expected: ValueError."
            " In production: a strict reader refuses the whole file, and the shop stands still."
        )


def test_record_that_cannot_be_written_changes_nothing(solution: Any, json_folder: Path) -> None:
    solution.publish(str(json_folder), PRICES)
    new = {"tea": {"price": 9.0}, "coffee": {"price": {1, 2}}}
    with pytest.raises(TypeError):
        solution.publish(str(json_folder), new)

    assert read(json_folder) == PRICES, (
        f"publish(folder, {new}) raised, as it should, and the folder has {read(json_folder)}."
        f" Expected: {PRICES}, as before."
        " In production: half of the products have new prices, and nobody knows which."
    )


def test_reader_reads_on_in_the_old_file(solution: Any, json_folder: Path) -> None:
    solution.publish(str(json_folder), PRICES)
    with (json_folder / "tea.json").open(encoding="utf-8") as reader:
        solution.publish(str(json_folder), {"tea": {"price": 9.0, "note": "new"}})
        seen = reader.read()

    assert json.loads(seen or "null") == PRICES["tea"], (
        "A reader had opened tea.json before publish wrote it anew, and read"
        f" {seen!r}. Expected: the old record, whole."
        " In production: the shop reads half a file, or none."
    )


def test_only_what_changed_is_counted(solution: Any, json_folder: Path) -> None:
    first = solution.publish(str(json_folder), PRICES)
    again = solution.publish(str(json_folder), {**PRICES, "tea": {"price": 9.0}})

    assert (first, again) == (2, 1), (
        f"publish returned {first} for two new records and then, with one of them changed,"
        f" {again}. Expected: 2, then 1."
        " In production: whoever counts on it clears all caches, every minute."
    )


def test_nothing_else_is_left(solution: Any, json_folder: Path) -> None:
    solution.publish(str(json_folder), PRICES)
    left = sorted(path.name for path in json_folder.rglob("*"))

    assert left == ["coffee.json", "tea.json"], (
        f"After publish the folder has {left}. Expected: coffee.json and tea.json."
        " In production: a disk that is full on a Sunday."
    )


def test_records_that_are_not_kept_are_removed(solution: Any, json_folder: Path) -> None:
    for name in PRICES:
        (json_folder / f"{name}.json").write_text("{}")
    removed = solution.remove(str(json_folder), ["tea"])
    left = sorted(path.name for path in json_folder.iterdir())

    assert (removed, left) == (["coffee"], ["tea.json"]), (
        f"remove(folder, ['tea']) returned {removed!r} and left {left}."
        " Expected: ['coffee'], and tea.json."
        " In production: the shop sells what there is no more."
    )


def test_files_of_others_stay(solution: Any, json_folder: Path) -> None:
    for name in ("coffee.json", "README.txt", "coffee.json.lock"):
        (json_folder / name).write_text("{}")
    solution.remove(str(json_folder), [])
    left = sorted(path.name for path in json_folder.iterdir())

    assert left == ["README.txt", "coffee.json.lock"], (
        f"remove left {left} of README.txt and coffee.json.lock, which are no records."
        " Expected: both. In production: the lock of another job is gone, and two of them run."
    )
