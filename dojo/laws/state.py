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
from collections.abc import Callable, Mapping
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


def _options() -> dict[str, Any]:
    found: dict[str, Any] = {}
    pandas: Any = sys.modules.get("pandas")
    if pandas is not None and hasattr(pandas, "options"):
        _flatten("pandas.options", pandas.options.d, found)
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "geterr"):
        found.update({f"numpy.seterr.{name}": value for name, value in numpy.geterr().items()})
        printing = numpy.get_printoptions().items()
        found.update({f"numpy.set_printoptions.{name}": value for name, value in printing})
    sklearn: Any = sys.modules.get("sklearn")
    if sklearn is not None and hasattr(sklearn, "get_config"):
        config = sklearn.get_config().items()
        found.update({f"sklearn.set_config.{name}": value for name, value in config})
    return found


def _flatten(prefix: str, options: Mapping[str, Any], found: dict[str, Any]) -> None:
    for name, value in options.items():
        if isinstance(value, dict):
            _flatten(f"{prefix}.{name}", value, found)
        else:
            found[f"{prefix}.{name}"] = value


def _put_option(dotted: str, value: Any) -> None:
    library, setter, name = dotted.split(".", 2)
    if library == "pandas":
        sys.modules["pandas"].set_option(name, value)
    else:
        getattr(sys.modules[library], setter)(**{name: value})


def _interpreter() -> dict[str, Any]:
    return {
        "sys.setrecursionlimit": sys.getrecursionlimit(),
        "sys.setswitchinterval": sys.getswitchinterval(),
        "csv.field_size_limit": csv.field_size_limit(),
        "gc.isenabled": gc.isenabled(),
    }


def _put_interpreter(name: str, value: Any) -> None:
    if name == "gc.isenabled":
        (gc.enable if value else gc.disable)()
    else:
        owner, _, function = name.partition(".")
        getattr(sys.modules[owner], function)(value)


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
    State("signals", "the handler of", _signals, _put_signal),
    State("hooks", "", _hooks, _put_attribute),
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
    State("options", "", _options, _put_option),
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


@dataclasses.dataclass(frozen=True)
class Moment:
    """What all of STATES were, and how many modules had been imported by then."""

    parts: list[Mapping[str, Any]]
    imported: int


def read_state() -> Moment:
    """Read all of STATES."""
    return Moment([state.read() for state in STATES], engines.imported())


def note_changes(before: Moment, call: str, ledger: Ledger, *, is_alone: bool = True) -> None:
    """Note what of STATES has changed, and put it back: it is one call's fault, once.

    Args:
        before: What `read_state` returned.
        call: Who has changed it, as the subject of a sentence.
        ledger: Gets the broken laws.
        is_alone: Whether the call ran alone, and ended where it began.
    """
    skipped = set() if is_alone else set(OF_A_THREAD)
    if engines.imported() != before.imported:
        skipped.update(engines.SET_UP_ON_IMPORT)
    for state, was in zip(STATES, before.parts, strict=True):
        if state.law in skipped:
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
