"""See the calls that a test makes of a solution, and what each of them leaves changed.

Calls that the solution makes of its own functions are not looked at: a helper may fill in place
what its caller made. Who calls is told by `whose`.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import threading
import types
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

from dojo.laws.acts.seen import Acts
from dojo.laws.arguments import Given
from dojo.laws.raised import note_error
from dojo.laws.rules import Ledger
from dojo.laws.state.changes import note_changes, read_state, with_changes
from dojo.laws.whose import file_of, inside, is_inside

_WATCHED = "_dojo_watched"

# Who is told of each call that a test makes of a solution: its text, and a call that is to be made
# at its end with what it returned, or raised.
Ended = Callable[[Any, BaseException | None], None]
Told = Callable[[str], Ended]
_hearing: list[Told] = []


@contextlib.contextmanager
def heard(told: Told) -> Iterator[None]:
    """Tell each call that a test makes of a solution, for the length of a block."""
    _hearing.append(told)
    try:
        yield
    finally:
        _hearing.remove(told)


_PLAIN = (types.FunctionType, functools.partial, type(functools.cache(len)))


class Watch:
    """Looks at the calls of one test; what they break goes into its ledger."""

    def __init__(self, ledger: Ledger, path: Path, acts: Acts) -> None:
        """Look at nothing yet.

        Args:
            ledger: Gets the broken laws.
            path: The solution's file: functions that are written in it are the solution's.
            acts: Has seen what the solution did.
        """
        self.ledger = ledger
        self.path = str(path)
        self.is_on = True
        self._acts = acts
        self._handed_out: dict[int, Callable[..., Any]] = {}
        self._lock = threading.Lock()
        self._calls: list[str] = []
        self._running = 0
        self._alone_in = 0
        self._before = read_state()

    def hand_out(self, name: str, value: Any) -> Any:
        """Return what a test gets that asks the solution for a name: its functions are watched."""
        is_plain = callable(value) and not isinstance(value, type)
        if not is_plain or not isinstance(value, _PLAIN) or not self.owns(value):
            return value
        if id(value) not in self._handed_out:
            self._handed_out[id(value)] = self.function(value, name)
        return self._handed_out[id(value)]

    def owns(self, function: object) -> bool:
        """Say whether a function is written in the solution's file."""
        return file_of(function) == self.path

    def function(self, function: Callable[..., Any], name: str = "") -> Callable[..., Any]:
        """Return a function that is called like this one, and looked at."""
        if hasattr(function, _WATCHED):
            return function
        shown = name or getattr(function, "__name__", "the solution")
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def watched(*args: Any, **kwargs: Any) -> Any:
                with self.call(shown, function, args, kwargs):
                    return await function(*args, **kwargs)
        else:

            @functools.wraps(function)
            def watched(*args: Any, **kwargs: Any) -> Any:
                return self.make(shown, function, function, args, kwargs)

        setattr(watched, _WATCHED, True)
        return watched

    def methods(self, owner: type) -> None:
        """Have the methods of a class of the solution be looked at, from now on."""
        for name, method in list(vars(owner).items()):
            if name.startswith("__") and name not in ("__init__", "__call__", "__enter__"):
                continue
            if inspect.isfunction(method) and self.owns(method):
                setattr(owner, name, self.function(method, f"{owner.__name__}.{name}"))

    def make(
        self,
        name: str,
        signature_of: Callable[..., Any],
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        """Make a call and look at it; a coroutine or a generator is looked at while it runs."""
        told = [tell(name) for tell in _hearing if self.is_on and not is_inside()]
        try:
            with self.call(name, signature_of, args, kwargs):
                result = function(*args, **kwargs)
        except BaseException as error:
            for end in told:
                end(None, error)
            raise
        for end in told:
            end(result, None)
        if inspect.iscoroutine(result):
            return self._wait_for(result, name, signature_of, args, kwargs)
        if inspect.isgenerator(result):
            return self._run_through(result, name, signature_of, args, kwargs)
        return result

    async def _wait_for(self, result: Any, *call: Any) -> Any:
        with self.call(*call):
            return await result

    def _run_through(self, generator: Any, *call: Any) -> Generator[Any, Any, Any]:
        """Run a generator: between its steps the process is somebody else's."""
        if not self.is_on or is_inside():
            return (yield from generator)
        given = Given(*call)
        step = functools.partial(next, generator)
        try:
            while True:
                with self._process(given.shown), inside():
                    try:
                        value = step()
                    except StopIteration as end:
                        return end.value
                    except BaseException as error:
                        note_error(error, given.shown, self.ledger)
                        raise
                try:
                    step = functools.partial(generator.send, (yield value))
                except GeneratorExit:
                    generator.close()
                    raise
                except BaseException as error:
                    step = functools.partial(generator.throw, error)
        finally:
            given.note_changes(self.ledger)

    @contextlib.contextmanager
    def call(
        self,
        name: str,
        signature_of: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Iterator[None]:
        """Look at one call for the length of a block; the arguments are those of `Given`."""
        if not self.is_on or is_inside():
            yield
            return
        given = Given(name, signature_of, args, kwargs)
        try:
            with self._process(given.shown), inside():
                yield
        except BaseException as error:
            note_error(error, given.shown, self.ledger)
            raise
        finally:
            given.note_changes(self.ledger)

    def begin(self, given: Given) -> Callable[[], None]:
        """Begin to look at a call that ends elsewhere; call there what is returned."""
        self._enter(given.shown)

        def end() -> None:
            given.note_changes(self.ledger)
            self._leave()

        return end

    @contextlib.contextmanager
    def importing(self) -> Iterator[None]:
        """Look at what importing the solution's file changes in the process."""
        with self._process(f"Importing {Path(self.path).name}"):
            yield

    def calls(self) -> str:
        """Say which calls run, as the subject of a sentence."""
        return " or ".join(self._calls)

    def is_alone(self) -> bool:
        """Say whether one call runs at most, and in this thread if it does."""
        return self._running == 0 or self._alone_in == threading.get_ident()

    @contextlib.contextmanager
    def excused(self) -> Iterator[None]:
        """Have what changes in a block count for no call."""
        if self._running == 0 or not self.is_on:
            yield
            return
        since = read_state()
        try:
            yield
        finally:
            until = read_state()
            with self._lock:
                self._before = with_changes(self._before, since, until)

    @contextlib.contextmanager
    def _process(self, call: str) -> Iterator[None]:
        self._enter(call)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, call: str) -> None:
        """Remember the process's state before the first of the calls that run at the same time."""
        with self._lock:
            if self._running == 0:
                self._calls, self._before = [], read_state()
                self._alone_in = threading.get_ident()
            else:
                self._alone_in = 0
            self._running += 1
            if call not in self._calls:
                self._calls.append(call)

    def _leave(self) -> None:
        with self._lock:
            self._running -= 1
            if self._running == 0 and self.is_on:
                calls = self.calls()
                # What belongs to a thread or a context can only be compared where it was read.
                is_alone = self._alone_in == threading.get_ident()
                with inside():  # what is read, or put back, may be an object of the solution's
                    note_changes(self._before, calls, self.ledger, is_alone=is_alone)
                    self._acts.note(calls, self.ledger)
