"""Read what all code of a process shares, say what a call has changed of it, and put it back."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import decimal
import gc
import locale
import logging
import os
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dojo.laws import engines
from dojo.laws.photo import show
from dojo.laws.rules import Ledger


@dataclasses.dataclass(frozen=True)
class State:
    """Something that all code of a process shares.

    Attributes:
        law: The law that says to leave it.
        what: Its name, for a sentence; one of many is named by its key.
        read: Returns its parts by their keys; what is not there yet has no key.
        put: Puts one part back: its key, and what it was (None: it was not there).
        may_appear: Whether a part that was not there before is no change: its library was imported
            meanwhile.
        absent: How to say that a part is not there.
    """

    law: str
    what: str
    read: Callable[[], Mapping[str, Any]]
    put: Callable[[str, Any], object]
    may_appear: bool = True
    absent: str = "not there"


def _directory() -> dict[str, Any]:
    try:
        return {"": os.getcwd()}
    except OSError:  # removed; nobody can say where we are
        return {}


def _put_variable(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def _umask() -> dict[str, Any]:
    mask = os.umask(0o077)
    os.umask(mask)
    return {"": f"0o{mask:03o}"}


def _signals() -> dict[str, Any]:
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGPIPE")
    numbers = {name: getattr(signal, name) for name in names if hasattr(signal, name)}
    return {name: signal.getsignal(number) for name, number in numbers.items()}


def _put_signal(name: str, handler: Any) -> None:
    with contextlib.suppress(ValueError, TypeError):  # only the main thread may
        signal.signal(getattr(signal, name), handler)


def _hooks() -> dict[str, Any]:
    return {
        **{f"sys.{name}": getattr(sys, name) for name in ("excepthook", "stdout", "stderr")},
        "sys.displayhook": sys.displayhook,
        "sys.unraisablehook": sys.unraisablehook,
        "threading.excepthook": threading.excepthook,
    }


def _put_attribute(dotted: str, value: Any) -> None:
    owner, _, name = dotted.rpartition(".")
    found = _owner(owner)
    if found is not None:
        setattr(found, name, value)


def _owner(dotted: str) -> Any:
    """Return a module, or a class in one, if it was imported already."""
    if dotted in sys.modules:
        return sys.modules[dotted]
    module, _, name = dotted.rpartition(".")
    return getattr(sys.modules.get(module), name, None)


def _loggers() -> dict[str, Any]:
    known = {"root": logging.root, **logging.root.manager.loggerDict}
    found: dict[str, Any] = {
        name: (one.level, one.disabled, one.propagate, tuple(one.handlers))
        for name, one in list(known.items())
        if isinstance(one, logging.Logger)
    }
    return found


def _put_logger(name: str, was: Any) -> None:
    logger = logging.root if name == "root" else logging.getLogger(name)
    logger.setLevel(was[0])
    logger.disabled, logger.propagate, logger.handlers[:] = was[1], was[2], was[3]


def _decimal() -> dict[str, Any]:
    context = decimal.getcontext()
    return {"precision": context.prec, "rounding": context.rounding, "traps": dict(context.traps)}


def _put_decimal(name: str, value: Any) -> None:
    names = {"precision": "prec"}
    setattr(decimal.getcontext(), names.get(name, name), value)


def _interpreter() -> dict[str, Any]:
    found: dict[str, Any] = {
        "sys.setrecursionlimit": sys.getrecursionlimit(),
        "sys.setswitchinterval": sys.getswitchinterval(),
        "csv.field_size_limit": csv.field_size_limit(),
        "gc.isenabled": gc.isenabled(),
        "gc.set_threshold": gc.get_threshold(),
    }
    if hasattr(sys, "get_int_max_str_digits"):  # as of Python 3.10.7
        found["sys.set_int_max_str_digits"] = sys.get_int_max_str_digits()
    return found


def _put_interpreter(name: str, value: Any) -> None:
    if name == "gc.isenabled":
        (gc.enable if value else gc.disable)()
    elif name == "gc.set_threshold":
        gc.set_threshold(*value)
    else:
        owner, _, function = name.partition(".")
        getattr(sys.modules[owner], function)(value)


def _priority() -> dict[str, Any]:
    return {"": os.getpriority(os.PRIO_PROCESS, 0)} if hasattr(os, "getpriority") else {}


def _warned() -> dict[str, Any]:
    names = ("showwarning", "formatwarning")
    return {f"warnings.{name}": getattr(warnings, name) for name in names}


def _put_warned(dotted: str, value: Any) -> None:
    logging.captureWarnings(False)  # it remembers, and would not do it a second time
    _put_attribute(dotted, value)


_PATCHED = (
    *(f"builtins.{name}" for name in ("open", "print", "input", "hash", "__import__")),
    *(f"time.{name}" for name in ("sleep", "time", "monotonic", "perf_counter")),
    *(f"os.{name}" for name in ("replace", "rename", "remove", "unlink", "getenv", "fsync")),
    *(f"shutil.{name}" for name in ("move", "copyfile", "rmtree")),
    *(f"json.{name}" for name in ("dumps", "loads", "dump", "load")),
    *(f"random.{name}" for name in ("random", "choice", "shuffle", "randint")),
    *("asyncio.sleep", "logging.getLogger", "subprocess.Popen", "urllib.request.urlopen"),
    *("socket.socket", "socket.getaddrinfo", "socket.create_connection"),
    *("ssl._create_default_https_context", "ssl.create_default_context"),
    *(f"requests.{name}" for name in ("get", "post", "request")),
    *(f"requests.Session.{name}" for name in ("request", "send", "get", "post")),
    *("requests.adapters.HTTPAdapter.send", "httpx.Client.send", "httpx.AsyncClient.send"),
    *("httpx.get", "httpx.post", "pandas.read_csv", "pandas.DataFrame.to_csv"),
    *("mlflow.start_run", "mlflow.log_metric", "mlflow.MlflowClient.get_run"),
)


def _patches() -> dict[str, Any]:
    found = {}
    for dotted in _PATCHED:
        owner, _, name = dotted.rpartition(".")
        value = getattr(_owner(owner), name, None)
        if value is not None:
            found[dotted] = value
    return found


STATES = (
    State("directory", "the working directory", _directory, lambda _, was: os.chdir(was)),
    State(
        "environment",
        "os.environ",
        lambda: {name: os.environ[name] for name in engines.foreign(os.environ)},
        _put_variable,
        may_appear=False,
    ),
    State(
        "imports",
        "sys.path",
        lambda: {"": list(sys.path)},
        lambda _, was: sys.path.__setitem__(slice(None), was),
    ),
    State("permissions", "the umask", _umask, lambda _, was: os.umask(int(was, 8))),
    State("time_zone", "the time zone", lambda: {"": time.tzname}, lambda _, __: time.tzset()),
    State(
        "locale",
        "the locale",
        lambda: {"": locale.setlocale(locale.LC_ALL)},
        lambda _, was: locale.setlocale(locale.LC_ALL, was),
    ),
    State(
        "priority",
        "the priority (os.nice)",
        _priority,
        lambda _, was: os.setpriority(os.PRIO_PROCESS, 0, was),
    ),
    State("signals", "the handler of", _signals, _put_signal),
    State("hooks", "", _hooks, _put_attribute),
    State("warnings", "", _warned, _put_warned),
    State("logging", "the logger", _loggers, _put_logger),
    State(
        "logging",
        "logging.disable",
        lambda: {"": logging.root.manager.disable},
        lambda _, was: logging.disable(was),
    ),
    State(
        "socket_timeout",
        "socket.setdefaulttimeout",
        lambda: {"": socket.getdefaulttimeout()},
        lambda _, was: socket.setdefaulttimeout(was),
    ),
    State("decimal", "the decimal context's", _decimal, _put_decimal),
    State("options", "", engines.options, engines.put_option),
    State(
        "thread_limits",
        "the number of threads of",
        engines.thread_limits,
        engines.put_thread_limit,
    ),
    State("interpreter", "", _interpreter, _put_interpreter),
    State("patches", "", _patches, _put_attribute),
    State("mlflow_run", "MLflow's active run", engines.active_run, engines.end_run),
    State(
        "autologging",
        "MLflow's autologging of",
        engines.autologging,
        engines.stop_autologging,
        may_appear=False,
        absent="off",
    ),
    State("prefect_settings", "Prefect's settings", engines.prefect_settings, engines.keep),
)

OF_A_THREAD = ("decimal", "mlflow_run", "options", "prefect_settings")


Moment = Sequence[Mapping[str, Any]]


def read_state() -> Moment:
    """Read all of STATES."""
    return [state.read() for state in STATES]


def with_changes(moment: Moment, since: Moment, until: Moment) -> Moment:
    """Return a moment as if what changed between two others had been so before.

    Args:
        moment: What `read_state` returned.
        since: What it returned later.
        until: What it returned after that.
    """
    found = []
    for part, was, now in zip(moment, since, until, strict=True):
        gone = {key for key in was if key not in now}
        new = {key: now[key] for key in now if key not in was or not _is_same(was[key], now[key])}
        found.append({key: one for key, one in {**part, **new}.items() if key not in gone})
    return found


def note_changes(before: Moment, call: str, ledger: Ledger, *, is_alone: bool = True) -> None:
    """Note what of STATES has changed, and put it back: it is one call's fault, once.

    Args:
        before: What `read_state` returned.
        call: Who has changed it, as the subject of a sentence.
        ledger: Gets the broken laws.
        is_alone: Whether the call ran alone, and ended where it began.
    """
    for state, was in zip(STATES, before, strict=True):
        if state.law in OF_A_THREAD and not is_alone:
            continue
        now = state.read()
        if now == was:
            continue
        for key in [*was, *(key for key in now if key not in was)]:
            if key not in was and state.may_appear:
                continue
            if key in was and key in now and _is_same(was[key], now[key]):
                continue
            what = f"{state.what} {key}".strip()
            old, new = (show(one[key]) if key in one else state.absent for one in (was, now))
            ledger.note(
                state.law, f"{call} left the process changed: {what} was {old} and is {new}."
            )
            with contextlib.suppress(Exception):
                state.put(key, was.get(key))


def _is_same(was: Any, now: Any) -> bool:
    return was is now or bool(was == now)
