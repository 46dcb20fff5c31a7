"""See what a solution does to what all code shares, where the state does not tell: who did it.

A generator's state after a seed looks like that after a draw, and a list of warnings' filters is
changed by every import: so the calls themselves are looked at. Whose a call is, is told by the
nearest frame that is neither Python's own nor that of a library that only carries out an order.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib
import os
import random
import sqlite3
import sys
import sysconfig
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from dojo.laws.photo.change import difference
from dojo.laws.photo.values import photograph
from dojo.laws.rules import Ledger

# They keep pools and connections for whoever asks next, as their documentation says.
_ENGINES = ("airflow", "alembic", "dagster", "joblib", "mlflow", "prefect", "sqlalchemy")
_STANDARD = sysconfig.get_paths()["stdlib"]
# Which functions write into which table of sqlite3; both are of the whole process.
_SQLITE: dict[str, dict[Any, Any]] = {
    "register_adapter": sqlite3.adapters,
    "register_converter": sqlite3.converters,
}
_OURS = os.path.dirname(__file__)
_LIBRARIES = tuple({sysconfig.get_paths()[name] for name in ("purelib", "platlib")})


def is_by(path: str, depth: int = 2, *, through_libraries: bool = True) -> bool:
    """Say whether the caller's caller acts for a solution.

    Args:
        path: The solution's file.
        depth: How many frames up the first one is that may be the solution's.
        through_libraries: Whether a library that the solution called acts for it.
    """
    frame: Any = sys._getframe(depth)
    while frame is not None:
        file = frame.f_code.co_filename
        if file == path:
            return True
        library = next((one for one in _LIBRARIES if file.startswith(one)), None)
        if library is not None:
            if not through_libraries or file[len(library) + 1 :].startswith(_ENGINES):
                return False
        elif not file.startswith((_STANDARD, _OURS, "<")):
            return False
        frame = frame.f_back
    return False


class Acts:
    """What the solution did since the last call ended."""

    def __init__(self, path: str) -> None:
        """Begin with nothing.

        Args:
            path: The solution's file.
        """
        self._path = path
        self._lock = threading.Lock()
        self._seeds: dict[str, Any] = {}
        self._filters: list[Any] = []
        self._registered: dict[tuple[str, Any], Any] = {}
        self._at_exit: list[Callable[..., Any]] = []

    @contextlib.contextmanager
    def seen(self) -> Iterator[None]:
        """See the acts for the length of a block."""
        with contextlib.ExitStack() as stack:
            self._watch_generator(stack, random, "seed", "getstate", "setstate", "random.seed")
            numpy: Any = sys.modules.get("numpy")
            if numpy is not None and hasattr(numpy, "random"):
                self._watch_generator(
                    stack, numpy.random, "seed", "get_state", "set_state", "numpy.random.seed"
                )
            for name in ("filterwarnings", "simplefilter"):
                stack.enter_context(_replaced(warnings, name, self._filtered(name)))
            for name in _SQLITE:
                stack.enter_context(_replaced(sqlite3, name, self._registering(name)))
            stack.enter_context(_replaced(atexit, "register", self._at_exit_too(atexit.register)))
            taken_back = self._not_at_exit(atexit.unregister)
            stack.enter_context(_replaced(atexit, "unregister", taken_back))
            yield

    def note(self, call: str, ledger: Ledger) -> None:
        """Note the acts that nothing has taken back.

        Args:
            call: Who did it, as the subject of a sentence.
            ledger: Gets the broken laws.
        """
        with self._lock:
            seeds, filters = dict(self._seeds), list(self._filters)
            registered = dict(self._registered)
            at_exit = list(self._at_exit)
            for seen in (self._seeds, self._filters, self._registered, self._at_exit):
                seen.clear()
        for function in at_exit:
            name = getattr(function, "__qualname__", repr(function))
            ledger.note("exit", f"{call} called atexit.register for {name}.")
            atexit.unregister(function)
        for said in seeds:
            ledger.note("seeds", f"{call} called {said}: the generator that all code shares.")
        for one in filters:
            if any(one is known for known in warnings.filters):
                said = f"{one[0]!r} for {one[2].__name__}"
                ledger.note("warnings", f"{call} left a filter for all warnings: {said}.")
                warnings.filters.remove(one)  # type: ignore[attr-defined]
        for (name, key), was in registered.items():
            table = _SQLITE[name]
            if table.get(key) is not was:
                kind = key[0].__name__ if isinstance(key, tuple) else key
                ledger.note("adapters", f"{call} called sqlite3.{name} for {kind}.")
                _put_back(table, key, was)

    def _watch_generator(
        self, stack: contextlib.ExitStack, owner: Any, seed: str, get: str, put: str, said: str
    ) -> None:
        real_seed, real_get, real_put = (getattr(owner, name) for name in (seed, get, put))

        @functools.wraps(real_seed)
        def seeded(*args: Any, **kwargs: Any) -> Any:
            if is_by(self._path) and (args or kwargs) != (None,):
                with self._lock:
                    self._seeds.setdefault(said, photograph(real_get()))
            return real_seed(*args, **kwargs)

        @functools.wraps(real_put)
        def put_back(state: Any) -> Any:
            if is_by(self._path):
                with self._lock:
                    was = self._seeds.get(said)
                    if was is None:
                        self._seeds[said] = photograph(real_get())
                    elif difference(was, photograph(state)) is None:
                        del self._seeds[said]
            return real_put(state)

        stack.enter_context(_replaced(owner, seed, seeded))
        stack.enter_context(_replaced(owner, put, put_back))

    def _filtered(self, name: str) -> Callable[..., None]:
        real: Callable[..., None] = getattr(warnings, name)

        @functools.wraps(real)
        def filtered(*args: Any, **kwargs: Any) -> None:
            known = {id(one) for one in warnings.filters}
            real(*args, **kwargs)
            # A library takes its own back, but threads that do so at once mix them up.
            if is_by(self._path, through_libraries=False):
                with self._lock:
                    self._filters += [one for one in warnings.filters if id(one) not in known]

        return filtered

    def _at_exit_too(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def register(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            # What Python's own modules register, such as `weakref`, they do once for all.
            if sys._getframe(1).f_code.co_filename == self._path:
                with self._lock:
                    self._at_exit.append(function)
            return real(function, *args, **kwargs)

        return register

    def _not_at_exit(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def unregister(function: Callable[..., Any]) -> None:
            with self._lock:
                self._at_exit[:] = [one for one in self._at_exit if one != function]
            real(function)

        return unregister

    def _registering(self, name: str) -> Callable[..., None]:
        real: Callable[..., None] = getattr(sqlite3, name)
        table = _SQLITE[name]

        @functools.wraps(real)
        def registering(*args: Any) -> None:
            before = dict(table)
            real(*args)
            # What pandas registers when it writes a table is pandas' doing.
            if is_by(self._path, through_libraries=False):
                with self._lock:
                    for key, now in table.items():
                        if before.get(key) is not now:
                            self._registered.setdefault((name, key), before.get(key))

        return registering


def _put_back(table: dict[Any, Any], key: Any, was: Any) -> None:
    if was is None:
        del table[key]
    else:
        table[key] = was


@contextlib.contextmanager
def watched_imports(excused: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """See what libraries set up while they are imported, for the length of a block.

    Handlers of the root logger (Prefect), variables for its own threads (scikit-learn): whoever is
    the first to use a library imports it, and what the import sets up is the library's doing.

    Args:
        excused: What changes inside the context that it returns counts for no call.
    """
    # `import` and `import_module` both end here. Prefect asks `import_module` at each state that it
    # makes, for what is imported already and for functions: nothing is imported, no need to look.
    seam: Any = importlib._bootstrap
    real = seam._find_and_load
    of_thread = threading.local()

    @functools.wraps(real)
    def find_and_load(*args: Any) -> Any:
        is_in_turn = getattr(of_thread, "is_importing", False)  # what a library imports
        if is_in_turn or not _may_import(args[0]):
            return real(*args)
        of_thread.is_importing = True
        try:
            with excused():
                return real(*args)
        finally:
            of_thread.is_importing = False

    with _replaced(seam, "_find_and_load", find_and_load):
        yield


def _may_import(name: str) -> bool:
    """Return whether asking for a module may run one."""
    parent = sys.modules.get(name.rpartition(".")[0])
    return name not in sys.modules and (parent is None or hasattr(parent, "__path__"))


@contextlib.contextmanager
def _replaced(owner: Any, name: str, value: Callable[..., Any]) -> Iterator[None]:
    real = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, real)
