"""Know what Python itself does for a whole process: its limits, its tables, its ways."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import copyreg
import csv
import faulthandler
import gc
import sys
import threading
from collections.abc import Callable
from typing import Any

from dojo.laws.state.shared import State

_LIMITS: dict[str, int] = {}
_CODEC_ERRORS = (
    *("backslashreplace", "ignore", "namereplace", "replace", "strict"),
    *("surrogateescape", "surrogatepass", "xmlcharrefreplace"),
)
with contextlib.suppress(ImportError):  # not on Windows
    import resource

    for _name in ("AS", "CORE", "CPU", "DATA", "FSIZE", "NOFILE", "NPROC", "STACK"):
        if hasattr(resource, f"RLIMIT_{_name}"):
            _LIMITS[f"resource.RLIMIT_{_name}"] = getattr(resource, f"RLIMIT_{_name}")
# How each is read, by the name of the function that sets it.
_READ: dict[str, Callable[[], Any]] = {
    "sys.setrecursionlimit": sys.getrecursionlimit,
    "sys.setswitchinterval": sys.getswitchinterval,
    "csv.field_size_limit": csv.field_size_limit,
    "gc.isenabled": gc.isenabled,
    "gc.set_threshold": gc.get_threshold,
    "faulthandler.is_enabled": faulthandler.is_enabled,
    "threading.stack_size": threading.stack_size,
}
if hasattr(sys, "get_int_max_str_digits"):  # as of Python 3.10.7
    _READ["sys.set_int_max_str_digits"] = sys.get_int_max_str_digits


def _interpreter() -> dict[str, Any]:
    found = {name: read() for name, read in _READ.items()}
    found["sys.dont_write_bytecode"] = sys.dont_write_bytecode
    found["sys.tracebacklimit"] = getattr(sys, "tracebacklimit", 1000)
    memory: Any = sys.modules.get("tracemalloc")
    if hasattr(memory, "is_tracing"):
        found["tracemalloc.is_tracing"] = memory.is_tracing()
    processes: Any = sys.modules.get("multiprocessing")
    if hasattr(processes, "get_start_method"):
        method = processes.get_start_method(allow_none=True)
        # Who starts a process without a word takes the first one, and that is set from then on.
        found["multiprocessing.set_start_method"] = method or processes.get_all_start_methods()[0]
    if sys.version_info < (3, 14):
        policy = type(asyncio.get_event_loop_policy())
        found["asyncio.set_event_loop_policy"] = policy.__name__
    return found


def _put_interpreter(name: str, value: Any) -> None:
    if name in ("gc.isenabled", "faulthandler.is_enabled"):
        switched = sys.modules[name.partition(".")[0]]
        (switched.enable if value else switched.disable)()
    elif name == "gc.set_threshold":
        gc.set_threshold(*value)
    elif name == "tracemalloc.is_tracing":
        memory = sys.modules["tracemalloc"]
        (memory.start if value else memory.stop)()
    elif name == "multiprocessing.set_start_method":
        sys.modules["multiprocessing"].set_start_method(value, force=True)
    elif name == "asyncio.set_event_loop_policy":
        asyncio.set_event_loop_policy(None)
    elif name in ("sys.dont_write_bytecode", "sys.tracebacklimit"):
        setattr(sys, name.partition(".")[2], value)
    else:
        owner, _, function = name.partition(".")
        getattr(sys.modules[owner], function)(value)


def _limits() -> dict[str, Any]:
    return {kind: resource.getrlimit(number) for kind, number in _LIMITS.items()}


def _put_limit(kind: str, was: Any) -> None:
    number = _LIMITS[kind]
    hardest = resource.getrlimit(number)[1]  # nobody but root may raise that again
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(number, was)
        return
    resource.setrlimit(number, (min(was[0], hardest) if hardest >= 0 else was[0], hardest))


def _put_search(name: str, was: Any) -> None:
    getattr(sys, name.partition(".")[2])[:] = was


def _types() -> dict[str, Any]:
    """Return how endings of files and types of content belong together, once they were asked."""
    known: Any = sys.modules.get("mimetypes")
    return dict(known.types_map) if getattr(known, "inited", False) else {}


def _put_type(ending: str, was: Any) -> None:
    sys.modules["mimetypes"].types_map[ending] = was


OF_INTERPRETER = (
    State("interpreter", "", _interpreter, _put_interpreter),
    State("interpreter", "", _limits, _put_limit),
    State(
        "imports",
        "",
        lambda: {"sys.meta_path": list(sys.meta_path), "sys.path_hooks": list(sys.path_hooks)},
        _put_search,
    ),
    State(
        "tables",
        "codecs' handling of errors by",
        lambda: {name: codecs.lookup_error(name) for name in _CODEC_ERRORS},
        codecs.register_error,
    ),
    State(
        "tables",
        "csv's dialect",
        lambda: {name: csv.get_dialect(name) for name in csv.list_dialects()},
        csv.register_dialect,
    ),
    State(
        "tables",
        "copyreg's way to pickle",
        lambda: dict(copyreg.dispatch_table),  # of types; hundreds, so at the speed of C
        copyreg.dispatch_table.__setitem__,
    ),
    State("tables", "mimetypes' type of", _types, _put_type),
)
