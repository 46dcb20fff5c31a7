"""Know what the system and Python keep for a whole process, from its directory to its clocks."""

from __future__ import annotations

import contextlib
import decimal
import locale
import os
import signal
import socket
import sys
import threading
import time
from typing import Any

from dojo.laws.state.engines import foreign
from dojo.laws.state.shared import State, put_attribute


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
    # To ask the system is to set it, for a moment, for all threads: two who do may leave it so.
    with contextlib.suppress(OSError), open("/proc/self/status", "rb") as status:
        for line in status:
            if line.startswith(b"Umask:"):
                return {"": f"0o{int(line.split()[1], 8):03o}"}
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


_HOOKS = ("except", "display", "unraisable", "breakpoint")


def _hooks() -> dict[str, Any]:
    return {
        **{f"sys.{name}": getattr(sys, name) for name in ("stdin", "stdout", "stderr")},
        **{f"sys.{name}hook": getattr(sys, f"{name}hook") for name in _HOOKS},
        "threading.excepthook": threading.excepthook,
    }


def _decimal() -> dict[str, Any]:
    context = decimal.getcontext()
    return {
        "precision": context.prec,
        **{name: getattr(context, name) for name in ("rounding", "Emax", "Emin", "capitals")},
        "traps": dict(context.traps),
    }


def _put_decimal(name: str, value: Any) -> None:
    names = {"precision": "prec"}
    setattr(decimal.getcontext(), names.get(name, name), value)


def _priority() -> dict[str, Any]:
    return {"": os.getpriority(os.PRIO_PROCESS, 0)} if hasattr(os, "getpriority") else {}


OF_PROCESS = (
    State("directory", "the working directory", _directory, lambda _, was: os.chdir(was)),
    State(
        "environment",
        "os.environ",
        lambda: {name: os.environ[name] for name in foreign(os.environ)},
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
    State("hooks", "", _hooks, put_attribute),
    State(
        "socket_timeout",
        "socket.setdefaulttimeout",
        lambda: {"": socket.getdefaulttimeout()},
        lambda _, was: socket.setdefaulttimeout(was),
    ),
    State("decimal", "the decimal context's", _decimal, _put_decimal, is_of_a_thread=True),
)
