"""Know what Python and the system keep for a whole process, from its directory to its patches."""

from __future__ import annotations

import contextlib
import csv
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
from typing import Any

from dojo.laws.state.engines import foreign
from dojo.laws.state.shared import State


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
    State("interpreter", "", _interpreter, _put_interpreter),
    State("patches", "", _patches, _put_attribute),
)
