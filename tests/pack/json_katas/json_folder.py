"""Be an engine: a folder in which each record is one file of JSON, read by whoever likes."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dojo.kit import Engine, EngineError, Room, Say


def isolate(room: Room) -> None:
    """Have nobody find the learner's own folder."""
    os.environ["JSON_FOLDER"] = str(room.folder("json_folder"))


@contextlib.contextmanager
def running(room: Room, say: Say) -> Iterator[str]:
    """Have a place for folders for the length of a block; its path is the address."""
    del say
    place = room.folder("json_folder")
    if not os.access(place, os.W_OK):
        raise EngineError(f"{place} cannot be written: 'dojo doctor' looks why")
    yield str(place)


def records_in(folder: Path) -> dict[str, Any]:
    """Return the records of a folder by their names, as a strict reader reads them.

    Raises:
        ValueError: A file is no JSON, or has a number that JSON lacks.
    """

    def refuse(text: str) -> None:
        raise ValueError(f"JSON has no {text}")

    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
        for path in sorted(folder.glob("*.json"))
    }


ENGINE = Engine(
    isolate=isolate,
    running=running,
    variables=("JSON_FOLDER",),
    title="The folder of JSON",
    parts={"heard": "json_heard:heard"},
)
