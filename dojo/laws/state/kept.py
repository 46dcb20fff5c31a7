"""Know what lies where data is forgotten: in the temporary folder, and at home."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import Any

from dojo.laws.state.shared import State


def entries(folder: str) -> list[os.DirEntry[str]]:
    """Return what lies in a folder, but for what is a library's or a tool's own."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return [one for one in entries if not one.name.startswith(_OTHERS)]
    return []


class Thing:
    """A file or a folder, in a sentence."""

    def __init__(self, said: str) -> None:
        self._said = said

    def __repr__(self) -> str:
        return self._said

    def __eq__(self, other: object) -> bool:
        return repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(self._said)


FILE, _FOLDER = Thing("a file"), Thing("a folder")
# Of libraries and tools: caches, sockets, pools of processes; pytest's own folders of tests.
_OTHERS = (".", "dojo-", "joblib_", "loky", "matplotlib-", "pymp-", "pytest-of-", "sem.")


def _copies() -> dict[str, Any]:
    temporary, home = tempfile.tempdir or "", os.environ.get("HOME", "")
    places = {temporary: "the temporary folder", home: "the home folder"}
    return {
        f"{one.name!r} in {said}": _FOLDER if one.is_dir() else FILE
        for folder, said in places.items()
        if folder
        for one in entries(folder)
    }


def keep(_: str, __: object) -> None:
    """Leave it: who has written it may read it once more before the test ends."""


OF_DISKS = (
    State(
        "copies",
        "",
        _copies,
        keep,
        may_appear=False,
        may_vanish=True,
        said="left something that nobody asked for",
    ),
)
