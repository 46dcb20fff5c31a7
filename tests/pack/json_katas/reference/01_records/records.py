"""Publish records as files of JSON, for readers who come at any moment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def publish(folder: str, records: dict[str, dict[str, Any]]) -> int:
    """Write each record to a file of JSON, in UTF-8: all of them, or none.

    Args:
        folder: Exists. It may have records of earlier calls, and files of others.
        records: By their names; the file is called NAME.json.

    Returns:
        How many files are new, or have other content than before.

    Raises:
        ValueError: A record has a number that JSON lacks; then nothing was changed.
        TypeError: A record has a value that JSON lacks; then nothing was changed.
    """
    texts = {name: _text_of(record) for name, record in records.items()}
    changed = 0
    for name, text in texts.items():
        path = Path(folder, f"{name}.json")
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        beside = path.with_suffix(".tmp")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
        changed += 1
    return changed


def remove(folder: str, keep: list[str]) -> list[str]:
    """Remove the records that are not kept; other files stay.

    Args:
        folder: Exists.
        keep: The names of the records that stay.

    Returns:
        The names of the records that were removed, sorted.
    """
    gone = sorted(path for path in Path(folder).glob("*.json") if path.stem not in keep)
    for path in gone:
        path.unlink()
    return [path.stem for path in gone]


def _text_of(record: dict[str, Any]) -> str:
    return json.dumps(record, allow_nan=False, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        print("new or changed:", publish(place, {"tea": {"price": 3.5}, "coffee": {"price": 4}}))
        print("new or changed:", publish(place, {"tea": {"price": 3.6}, "coffee": {"price": 4}}))
        print("removed:", remove(place, ["tea"]))
