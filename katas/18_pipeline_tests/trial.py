"""Run somebody's tests on a pipeline, as pytest does, and note how each of them ended.

The tests' file is handed to a pytest of its own, in this process: fixtures, parameters, monkeypatch
and tmp_path are those of every day. What the tests get as `pipeline` is a module made of a source:
it has no file, and nothing of it says whether it is the one in production or another.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import os
import socket
import sys
import threading
import types
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

NAME = "nightly"
# What no test of a pipeline can miss; it takes half of a session's time.
_LEFT_OUT = (
    *("terminal", "cacheprovider", "faulthandler", "unraisableexception", "threadexception"),
    *("pastebin", "junitxml", "doctest", "setuponly", "setupplan", "stepwise", "legacypath"),
    *("warnings", "debugging", "unittest", "subtests"),
)
_LOCAL = (None, "", "localhost", "127.0.0.1", "::1", b"localhost", b"127.0.0.1")


@dataclasses.dataclass
class Ran:
    """How one test ended on one pipeline.

    Attributes:
        name: Its name, with its parameters.
        outcome: "green", "red", or "skipped" for one that says nothing.
        error: What it was red of.
        takes_pipeline: Whether it asks for the pipeline at all.
        network: The host that was asked for meanwhile, if it is not this machine.
        reads: How the pipeline's text was read by the tests, if it was.
        pauses_s: How long it would have waited, of its own accord.
    """

    name: str
    outcome: str = "green"
    error: BaseException | None = None
    takes_pipeline: bool = True
    network: str = ""
    reads: str = ""
    pauses_s: float = 0.0


class BrokenTests(Exception):
    """The tests' file cannot be collected; the text says why."""


def run_tests(
    tests: Path,
    source: str,
    folder: Path,
    *,
    words: Sequence[str] = ("test_",),
    only: Collection[str] | None = None,
    backwards: bool = False,
    stop: bool = False,
    explain: bool = False,
    change: Callable[[types.ModuleType], object] = lambda _: None,
    module_name: str = "tests_on_trial",
    waited_s: Callable[[], float] = lambda: 0.0,
) -> list[Ran]:
    """Run the tests of a file on one pipeline.

    Args:
        tests: The file.
        source: The pipeline's.
        folder: For what the tests write; it must not exist.
        words: How the names of the tests begin that run, or those of their classes.
        only: The names of the tests that may run, parameters included; all for None.
        backwards: Whether the last one runs first.
        stop: Whether the first red one is the last one.
        explain: Whether a failed assertion says what was compared; it takes half of the time.
        change: Is done with the pipeline before each test.
        module_name: What the tests' module is called while they run.
        waited_s: Says how long such a module has waited so far.

    Returns:
        How each ended, in the order in which they ran.

    Raises:
        BrokenTests: They cannot be collected.
    """
    session = _Session(tests, source, words, only, backwards, stop, change, module_name, waited_s)
    arguments = [part for one in _LEFT_OUT for part in ("-p", f"no:{one}")]
    arguments += ["--capture=no", "--noconftest", "--import-mode=importlib", "-c", os.devnull]
    arguments += [f"--assert={'rewrite' if explain else 'plain'}"]
    arguments += [f"--rootdir={tests.parent}", f"--confcutdir={tests.parent}"]
    with _as_found(tests), session.looking():
        code = pytest.main([*arguments, f"--basetemp={folder}", str(tests)], plugins=[session])
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        session.broken = session.broken or f"pytest ended with {code!r}"
    if session.broken:
        raise BrokenTests(session.broken)
    return session.ran


class _Session:
    """The plugin of one pytest: it hands out the pipeline, and notes what comes of it."""

    def __init__(
        self,
        tests: Path,
        source: str,
        words: Sequence[str],
        only: Collection[str] | None,
        backwards: bool,
        stop: bool,
        change: Callable[[types.ModuleType], object],
        module_name: str,
        waited_s: Callable[[], float],
    ) -> None:
        self.ran: list[Ran] = []
        self.broken = ""
        self._tests = str(tests)
        self._code = compile(source, f"{NAME} on trial", "exec", dont_inherit=True)
        self._module = types.ModuleType(NAME)
        self._made: dict[str, Any] = {}
        self._words, self._only, self._module_name = tuple(words), only, module_name
        self._backwards, self._stop, self._change = backwards, stop, change
        self._waited_s, self._waited_before_s = waited_s, 0.0

    @pytest.fixture(name="pipeline")
    def _pipeline(self) -> Any:
        """Hand out the pipeline: made once, and for each test with the names that it began with."""
        names = vars(self._module)
        if not self._made:
            exec(self._code, names)
            self._change(self._module)
            self._made = dict(names)
        names.clear()
        names.update(self._made)
        return self._module

    def pytest_collectreport(self, report: Any) -> None:
        """Note why the tests cannot be collected."""
        if report.failed:
            self.broken = self.broken or str(report.longrepr)

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Choose the tests that run, and their order."""
        items[:] = [one for one in items if _begins_as(one, self._words)]
        if self._only is not None:
            items[:] = [one for one in items if _name_of(one) in self._only]
        if self._backwards:
            items.reverse()
        for one in items[:1]:
            one.module.__name__ = self._module_name

    def pytest_runtest_setup(self, item: Any) -> None:
        """Begin to note what a test does."""
        self._waited_before_s = self._waited_s()
        self.ran.append(Ran(_name_of(item), takes_pipeline="pipeline" in item.fixturenames))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        """Note how a test ended, and spare the time in which pytest draws why."""
        item.repr_failure = lambda *_, **__: ""
        report = yield
        ran = self.ran[-1]
        if report.when == "teardown":
            ran.pauses_s += self._waited_s() - self._waited_before_s
        if report.outcome != "passed" and ran.outcome != "red":
            ran.outcome = "red" if report.failed else "skipped"
            ran.error = call.excinfo.value if call.excinfo else AssertionError(report.longrepr)
        if self._stop and ran.outcome == "red":
            item.session.shouldstop = "the first red one is enough"
        return report

    def _note(self, what: str, value: Any) -> None:
        if self.ran:
            setattr(self.ran[-1], what, value)

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        """Look at what tests do besides, for the length of a block."""
        real_lookup, real_wait = socket.getaddrinfo, threading.Event.wait
        real_find = inspect.findsource

        def lookup(host: Any, *args: Any, **more: Any) -> Any:
            if host not in _LOCAL:
                self._note("network", host if isinstance(host, str) else repr(host))
            return real_lookup(host, *args, **more)

        def wait(event: threading.Event, timeout: float | None = None) -> bool:
            if timeout and sys._getframe(1).f_code.co_filename == self._tests:
                self._note("pauses_s", timeout)
                return event.is_set()
            return real_wait(event, timeout)

        def find(*args: Any) -> Any:
            frame = sys._getframe(1)
            while frame.f_back and frame.f_code.co_filename == inspect.__file__:
                frame = frame.f_back
            if frame.f_code.co_filename == self._tests:
                self._note("reads", "inspect")
            return real_find(*args)

        sys.modules[NAME] = self._module
        with contextlib.ExitStack() as stack:
            stack.enter_context(mock.patch.object(socket, "getaddrinfo", lookup))
            stack.enter_context(mock.patch.object(inspect, "findsource", find))
            stack.enter_context(mock.patch.object(threading.Event, "wait", wait))
            stack.enter_context(_opened(lambda: self._note("reads", "open")))
            yield


def _name_of(item: Any) -> str:
    """Return a test's name, with its class and its parameters."""
    return str(item.nodeid).partition("::")[2]


def _begins_as(item: Any, words: tuple[str, ...]) -> bool:
    """Say whether a test is called so, or is in a class that is: `TestCheck` for `test_check`."""
    owner = f"test_{item.cls.__name__[4:].lower()}" if item.cls else ""
    return item.name.startswith(words) or owner.startswith(words)


@contextlib.contextmanager
def _as_found(tests: Path) -> Iterator[None]:
    """Leave to the pytest around this one what is its own; forget the tests' module."""
    current = "PYTEST_CURRENT_TEST"
    was = os.environ.get(current)
    modules = {name: sys.modules.get(name) for name in (NAME, tests.stem)}
    with (
        mock.patch.object(sys, "dont_write_bytecode", True),
        mock.patch.dict(os.environ, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
    ):
        try:
            sys.modules.pop(tests.stem, None)
            yield
        finally:
            for name, module in modules.items():
                sys.modules.pop(name, None)
                if module is not None:
                    sys.modules[name] = module
    os.environ.pop(current, None)
    if was is not None:
        os.environ[current] = was


_told_of_opening: list[Callable[[], object]] = []


@contextlib.contextmanager
def _opened(told: Callable[[], object]) -> Iterator[None]:
    """Tell whenever the pipeline's own file is opened, for the length of a block."""
    if not hasattr(sys, f"_{NAME}_is_watched"):  # such a hook stays until the process ends
        setattr(sys, f"_{NAME}_is_watched", _told_of_opening)
        sys.addaudithook(_hear)
    hearing = getattr(sys, f"_{NAME}_is_watched")
    hearing.append(told)
    try:
        yield
    finally:
        hearing.remove(told)


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if event == "open" and _told_of_opening and str(args[0]).endswith(f"{NAME}.py"):
        _told_of_opening[-1]()
