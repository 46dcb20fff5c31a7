"""Know what lies where data is forgotten: in the temporary folder, at home, among results."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pickle
import tempfile
from typing import Any

from dojo.engines.prefect import seams as prefect
from dojo.laws.state.shared import State
from dojo.laws.whose import inside


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """Return what lies in a folder, but for what is a library's or a tool's own."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return [one for one in entries if not one.name.startswith(_OTHERS)]
    return []


class _Thing:
    """A file or a folder, in a sentence."""

    def __init__(self, said: str) -> None:
        self._said = said

    def __repr__(self) -> str:
        return self._said

    def __eq__(self, other: object) -> bool:
        return repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(self._said)


_FILE, _FOLDER = _Thing("a file"), _Thing("a folder")
# Of libraries and tools: caches, sockets, pools of processes; pytest's own folders of tests.
_OTHERS = (".", "dojo-", "joblib_", "loky", "matplotlib-", "pymp-", "pytest-of-", "sem.")


def _copies() -> dict[str, Any]:
    temporary, home = tempfile.tempdir or "", os.environ.get("HOME", "")
    places = {temporary: "the temporary folder", home: "the home folder"}
    return {
        f"{one.name!r} in {said}": _FOLDER if one.is_dir() else _FILE
        for folder, said in places.items()
        if folder
        for one in _entries(folder)
    }


def _results() -> dict[str, Any]:
    get = prefect.SETTINGS_IN_USE.peek()
    found = get() if get is not None else None
    if found is None:
        return {}
    kept = ((one.name, _kept(one.path)) for one in _entries(str(_storage_of(found.settings))))
    return {name: what for name, what in kept if what is not None}


def _storage_of(settings: Any) -> Any:
    return settings.results.local_storage_path


_PICKLED = base64.b64encode(bytes([0x80]) + bytes(2))[:2]
_known: dict[str, _Thing | None] = {}


def _kept(path: str) -> _Thing | None:
    """Say what a stored result is; None for an error, which Prefect stores of each failed run."""
    if path not in _known:
        content = b""
        with contextlib.suppress(OSError), open(path, "rb") as file:
            content = file.read()
        if not content:
            return _FILE  # it is being written
        _known[path] = _read(content)
    return _known[path]


def _read(content: bytes) -> _Thing | None:
    """Read a record of Prefect's, or a result without one, as it stores those of flows."""
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        if content.startswith(b"{"):
            content = json.loads(content)["result"].encode()
    if not content.startswith(_PICKLED):
        return _FILE
    try:
        with inside():  # a class of the solution's own makes it again: no call of a test's
            value = pickle.loads(base64.decodebytes(content))
    except Exception:
        return None  # an error that cannot be read again, of which another law speaks
    return None if isinstance(value, BaseException) else _Thing(_named(value))


def _named(value: Any) -> str:
    name = type(value).__name__
    has_size = hasattr(value, "__len__")
    return f"a stored {name} of {len(value)}" if has_size else f"a stored {name}"


def _keep(_: str, __: object) -> None:
    """Leave it: who has written it may read it once more before the test ends."""


OF_DISKS = (
    State(
        "copies",
        "",
        _copies,
        _keep,
        may_appear=False,
        may_vanish=True,
        said="left something that nobody asked for",
    ),
    State(
        "results",
        "in Prefect's storage",
        _results,
        _keep,
        may_appear=False,
        may_vanish=True,
        said="left something that nobody asked for",
    ),
)
