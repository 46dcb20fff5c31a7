"""See what a solution does to what all code shares, where the state does not tell: who did it.

A generator's state after a seed looks like that after a draw, and a list of warnings' filters is
changed by every import: so the calls themselves are looked at. Whose a call is, `by` tells.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import random
import sqlite3
import sys
import threading
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from dojo.laws.acts.by import is_by, replaced
from dojo.laws.photo.change import difference
from dojo.laws.photo.values import photograph
from dojo.laws.rules import Ledger
from dojo.laws.state.engines import URLLIB3_SILENCED

# Which functions write into which table of sqlite3; both are of the whole process.
_SQLITE: dict[str, dict[Any, Any]] = {
    "register_adapter": sqlite3.adapters,
    "register_converter": sqlite3.converters,
}


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
        self._openers: list[tuple[Any, Any]] = []

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
                stack.enter_context(
                    replaced(warnings, name, self._filtered(getattr(warnings, name)))
                )
            if URLLIB3_SILENCED.peek() is not None:
                silenced = self._filtered(URLLIB3_SILENCED.read())
                stack.enter_context(URLLIB3_SILENCED.replaced(silenced))
            installing = self._installing(urllib.request.install_opener)
            stack.enter_context(replaced(urllib.request, "install_opener", installing))
            for name in _SQLITE:
                stack.enter_context(replaced(sqlite3, name, self._registering(name)))
            stack.enter_context(replaced(atexit, "register", self._at_exit_too(atexit.register)))
            taken_back = self._not_at_exit(atexit.unregister)
            stack.enter_context(replaced(atexit, "unregister", taken_back))
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
            at_exit, openers = list(self._at_exit), list(self._openers)
            for seen in (self._seeds, self._filters, self._registered, self._at_exit):
                seen.clear()
            self._openers.clear()
        for function in at_exit:
            name = getattr(function, "__qualname__", repr(function))
            ledger.note("exit", f"{call} called atexit.register for {name}.")
            atexit.unregister(function)
        _note_opener(call, openers, ledger)
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

        stack.enter_context(replaced(owner, seed, seeded))
        stack.enter_context(replaced(owner, put, put_back))

    def _filtered(self, real: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(real)
        def filtered(*args: Any, **kwargs: Any) -> None:
            known = {id(one) for one in warnings.filters}
            real(*args, **kwargs)
            # A library takes its own back, but threads that do so at once mix them up.
            if is_by(self._path, through_libraries=False):
                with self._lock:
                    self._filters += [one for one in warnings.filters if id(one) not in known]

        return filtered

    def _installing(self, real: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(real)
        def install_opener(opener: Any) -> None:
            if is_by(self._path):
                with self._lock:
                    self._openers.append((_opener(), opener))
            real(opener)

        return install_opener

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


def _opener() -> Any:
    """Return what `urlopen` goes through; None until somebody has called that."""
    return getattr(urllib.request, "_opener", None)


def _note_opener(call: str, openers: list[tuple[Any, Any]], ledger: Ledger) -> None:
    """Note an opener that was installed, unless the one before was put back in its place."""
    if not openers or _opener() in (None, openers[0][0]):
        return
    handlers = ", ".join(type(one).__name__ for one in getattr(openers[-1][1], "handlers", ()))
    happened = f"{call} called urllib.request.install_opener with one of {handlers or 'no handler'}"
    ledger.note("opener", f"{happened}; the one before it is not in place any more.")
    urllib.request.install_opener(openers[0][0])


def _put_back(table: dict[Any, Any], key: Any, was: Any) -> None:
    if was is None:
        del table[key]
    else:
        table[key] = was
