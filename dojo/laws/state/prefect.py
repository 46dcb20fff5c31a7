"""Know what Prefect keeps for a whole process, and among its results: its part `states`."""

from __future__ import annotations

import base64
import contextlib
import json
import pickle
from typing import Any

from dojo.engines.prefect import seams
from dojo.laws.state.kept import FILE, Thing, entries, keep
from dojo.laws.state.shared import State
from dojo.laws.whose import inside


def _settings() -> dict[str, Any]:
    """Return the settings that a flow started here would have."""
    get = seams.SETTINGS_IN_USE.peek()
    if get is None:
        return {}
    with contextlib.suppress(Exception):
        found = get()
        return {"": None if found is None else found.settings}
    return {}


def _leave(_: str, __: object) -> None:
    """Leave it: only who has entered a context of settings can end it."""


def _results() -> dict[str, Any]:
    get = seams.SETTINGS_IN_USE.peek()
    found = get() if get is not None else None
    if found is None:
        return {}
    kept = ((one.name, _kept(one.path)) for one in entries(str(_storage_of(found.settings))))
    return {name: what for name, what in kept if what is not None}


def _storage_of(settings: Any) -> Any:
    return settings.results.local_storage_path


_PICKLED = base64.b64encode(bytes([0x80]) + bytes(2))[:2]
_known: dict[str, Thing | None] = {}


def _kept(path: str) -> Thing | None:
    """Say what a stored result is; None for an error, which Prefect stores of each failed run."""
    if path not in _known:
        content = b""
        with contextlib.suppress(OSError), open(path, "rb") as file:
            content = file.read()
        if not content:
            return FILE  # it is being written
        _known[path] = _read(content)
    return _known[path]


def _read(content: bytes) -> Thing | None:
    """Read a record of Prefect's, or a result without one, as it stores those of flows."""
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        if content.startswith(b"{"):
            content = json.loads(content)["result"].encode()
    if not content.startswith(_PICKLED):
        return FILE
    try:
        with inside():  # a class of the solution's own makes it again: no call of a test's
            value = pickle.loads(base64.decodebytes(content))
    except Exception:
        return None  # an error that cannot be read again, of which another law speaks
    return None if isinstance(value, BaseException) else Thing(_named(value))


def _named(value: Any) -> str:
    name = type(value).__name__
    has_size = hasattr(value, "__len__")
    return f"a stored {name} of {len(value)}" if has_size else f"a stored {name}"


STATES = (
    State("prefect_settings", "Prefect's settings", _settings, _leave, is_of_a_thread=True),
    State(
        "results",
        "in Prefect's storage",
        _results,
        keep,
        may_appear=False,
        may_vanish=True,
        said="left something that nobody asked for",
    ),
)
