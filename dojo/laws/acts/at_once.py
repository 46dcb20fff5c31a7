"""See what two calls of a solution, or two of its threads, change for a moment at the same time.

Each puts back what it has found, and that is what the other one has set. Which of them ends first
is chance, so how the process is left does not tell; that both are between setting and putting back
at one moment does.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import locale
import logging
import os
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from dojo.laws.acts.by import replaced
from dojo.laws.rules import Ledger
from dojo.laws.state.engines import PANDAS_CONTEXT, foreign
from dojo.world.clock import SOLUTION_MODULE

# How long who has set something waits for another one that sets it, too: once for each in a test.
_PATIENCE_S = 0.5


def _collector() -> Any:
    return gc.isenabled(), gc.get_threshold()


# What sets, what that is for people, and how it is read; a umask is told by who sets another one.
_SETTERS: tuple[tuple[Any, str, str, Callable[[], Any] | None], ...] = (
    *((gc, name, "gc", _collector) for name in ("disable", "enable", "set_threshold")),
    (os, "chdir", "the working directory", os.getcwd),
    (os, "umask", "the umask", None),
    (socket, "setdefaulttimeout", "socket.setdefaulttimeout", socket.getdefaulttimeout),
    (sys, "setrecursionlimit", "sys.setrecursionlimit", sys.getrecursionlimit),
    (sys, "setswitchinterval", "sys.setswitchinterval", sys.getswitchinterval),
    (locale, "setlocale", "the locale", lambda: locale.setlocale(locale.LC_ALL)),
    (logging, "disable", "logging.disable", lambda: logging.root.manager.disable),
)
# Contexts that hold for the whole process while one thread is in them.
_CONTEXTS = (
    (warnings.catch_warnings, "the filters of warnings"),
    (contextlib.redirect_stdout, "sys.stdout"),
    (contextlib.redirect_stderr, "sys.stderr"),
)


class AtOnce:
    """What is set, and not put back yet, by whom."""

    def __init__(
        self, path: str, ledger: Ledger, calls: Callable[[], str], is_alone: Callable[[], bool]
    ) -> None:
        """Begin with nothing.

        Args:
            path: The solution's file.
            ledger: Gets the broken law.
            calls: Says which calls run, as the subject of a sentence.
            is_alone: Says whether the only one of them runs in this thread.
        """
        self._path = path
        self._ledger = ledger
        self._calls = calls
        self._is_alone = is_alone
        self._set: dict[tuple[str, Any], Any] = {}
        self._waited_for: set[str] = set()
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def seen(self) -> Iterator[None]:
        """See it for the length of a block."""
        variables: Any = type(os.environ)
        with contextlib.ExitStack() as stack:
            for owner, name, said, read in _SETTERS:
                stack.enter_context(
                    replaced(owner, name, self._setting(getattr(owner, name), said, read))
                )
            for owner, said in _CONTEXTS:
                entering, leaving = self._within(owner, said)
                stack.enter_context(replaced(owner, "__enter__", entering))
                stack.enter_context(replaced(owner, "__exit__", leaving))
            for name in ("__setitem__", "__delitem__"):
                real = getattr(variables, name)
                stack.enter_context(replaced(variables, name, self._setting_variable(real)))
            leveling = self._leveling(logging.Logger.setLevel)
            stack.enter_context(replaced(logging.Logger, "setLevel", leveling))
            if "pandas" in sys.modules and PANDAS_CONTEXT.is_there():
                options = self._optioning(PANDAS_CONTEXT.read())
                stack.enter_context(PANDAS_CONTEXT.replaced(options))
            yield

    def _setting(
        self, real: Callable[..., Any], said: str, read: Callable[[], Any] | None
    ) -> Callable[..., Any]:
        @functools.wraps(real)
        def setting(*args: Any) -> Any:
            if not self._is_solutions() or args[1:] == (None,):  # that is how a locale is asked
                return real(*args)
            was = read() if read else None
            result = real(*args)
            now = read() if read else args[0]
            self._has_set(said, was if read else result, now)
            return result

        return setting

    def _setting_variable(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def setting(variables: Any, name: str, *value: Any) -> None:
            was = variables.get(name)
            real(variables, name, *value)
            if self._is_solutions() and foreign([name]):
                self._has_set(f"os.environ[{name!r}]", was, variables.get(name))

        return setting

    def _leveling(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def set_level(logger: logging.Logger, level: Any) -> None:
            was = logger.level
            real(logger, level)
            if not logger.name.startswith(SOLUTION_MODULE) and self._is_solutions():
                self._has_set(f"the level of the logger {logger.name}", was, logger.level)

        return set_level

    def _within(self, owner: Any, said: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
        real_enter, real_exit = owner.__enter__, owner.__exit__

        @functools.wraps(real_enter)
        def enter(one: Any) -> Any:
            result = real_enter(one)
            if self._is_solutions():
                self._has_set(said, one, None)
            return result

        @functools.wraps(real_exit)
        def leave(one: Any, *error: Any) -> Any:
            self._has_put_back(said, one)
            return real_exit(one, *error)

        return enter, leave

    def _optioning(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def option_context(*args: Any) -> Any:
            context = real(*args)
            return self._optioned(context) if self._is_solutions() else context

        return option_context

    @contextlib.contextmanager
    def _optioned(self, context: Any) -> Iterator[None]:
        with context:
            self._has_set("the options of pandas", context, None)
            try:
                yield
            finally:
                self._has_put_back("the options of pandas", context)

    def _is_solutions(self) -> bool:
        """Say whether who calls what calls this is the solution, with its own hands."""
        frame: Any = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename == contextlib.__file__:
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename == self._path

    def _has_set(self, what: str, was: Any, now: Any) -> None:
        me = _who()
        with self._changed:
            if self._set.get((what, me), self) == now:
                del self._set[what, me]
                return
            others = [who for one, who in self._set if one == what and who != me]
            if was != now or others:
                self._set.setdefault((what, me), was)
            if others:
                self._waited_for.add(what)
                self._changed.notify_all()
                self._ledger.note(
                    "at_once",
                    f"{self._calls()}: {what} was changed twice at once. One of your threads had"
                    " set it for a moment, and not put it back yet, when another one set it, too.",
                )
            elif was != now and self._may_be_overtaken(what):
                self._waited_for.add(what)
                self._changed.wait(_PATIENCE_S)

    def _may_be_overtaken(self, what: str) -> bool:
        """Say whether it is worth a wait: not in an event loop, where nobody else goes on."""
        return what not in self._waited_for and _who()[1] is None and not self._is_alone()

    def _has_put_back(self, what: str, was: Any) -> None:
        with self._changed:
            if self._set.get((what, _who()), self) is was:
                del self._set[what, _who()]


def _who() -> tuple[int, Any]:
    """Name the thread, and the coroutine in it."""
    with contextlib.suppress(RuntimeError):
        return threading.get_ident(), asyncio.current_task()
    return threading.get_ident(), None
