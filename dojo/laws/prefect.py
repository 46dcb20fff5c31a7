"""Look at the calls of Prefect's tasks and flows, which stay the objects that they are."""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from dojo.engines.prefect import seams
from dojo.laws.arguments import Given
from dojo.laws.calls import Watch
from dojo.laws.photo.change import show
from dojo.laws.whose import file_of, inside, is_inside
from dojo.running import solution as subject

_STAND_IN = subject.__file__


@contextlib.contextmanager
def watched_runs(watch: Watch, test_file: str) -> Iterator[None]:
    """Have the calls of the solution's tasks and flows be looked at for the length of a block.

    Args:
        watch: Looks at them.
        test_file: Who asks from here for the function of a task or a flow (`.fn`) gets it watched;
            the engine, which asks too, gets it as it is.
    """
    if "prefect" not in sys.modules:
        yield
        return
    from prefect import Flow, Task

    with contextlib.ExitStack() as stack:
        for seam in seams.CALLED:
            stack.enter_context(seam.replaced(_called(watch, test_file, seam.read())))
        for seam in seams.SUBMITTED:
            stack.enter_context(seam.replaced(_submitted(watch, test_file, seam.read())))
        for seam in seams.HANDED_ON:
            stack.enter_context(seam.replaced(_handed_on(watch, seam.read())))
        for owner in (Task, Flow):
            stack.enter_context(_functions_watched(watch, owner, test_file))
        yield


def _called(watch: Watch, test_file: str, real: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(real)
    def call(runnable: Any, *args: Any, **kwargs: Any) -> Any:
        if is_inside() or file_of(_function_of(runnable)) == test_file:
            return real(runnable, *args, **kwargs)
        function, given = _function_of(runnable), _without_options(kwargs)

        before = _settings_beside(runnable)

        def run(*_: Any, **__: Any) -> Any:
            try:
                with _asked_for(function):
                    result = real(runnable, *args, **kwargs)
            finally:
                _note_settings(watch, runnable, before)
            if inspect.iscoroutine(result):
                return _later(function, _noting(result, watch, runnable, before))
            return result

        return watch.make(_name_of(runnable), function, run, args, given)

    return call


_SETTINGS = (
    *("name", "tags", "retries", "retry_delay_seconds", "retry_jitter_factor"),
    *("retry_condition_fn", "timeout_seconds", "log_prints"),
    *("cache_key_fn", "cache_expiration", "persist_result"),
)


def _settings_beside(runnable: Any) -> dict[tuple[str, str], tuple[Any, Any]]:
    """Return the settings of all tasks and flows of the file that one is written in.

    Returns:
        For each name and setting the task or flow, and the value.
    """
    from prefect import Flow, Task

    beside = getattr(inspect.unwrap(_function_of(runnable)), "__globals__", {})
    return {
        (name, setting): (one, _as_it_is(getattr(one, setting)))
        for name, one in list(beside.items())
        if isinstance(one, Task | Flow)
        for setting in _SETTINGS
        if hasattr(one, setting)
    }


def _as_it_is(value: Any) -> Any:
    """Copy what can be filled in place; a copy of another object need not equal it."""
    return copy.copy(value) if isinstance(value, list | set | dict) else value


def _note_settings(watch: Watch, runnable: Any, before: Any) -> None:
    """Note the settings that a run has changed, and put them back."""
    for (name, setting), (one, was) in before.items():
        now = getattr(one, setting)
        if now is not was and now != was:
            happened = f"{name}.{setting} was {show(was)} and is {show(now)}."
            watch.ledger.note("runs", f"{_name_of(runnable)} changed a task or a flow: {happened}")
            with contextlib.suppress(Exception):
                setattr(one, setting, was)


async def _noting(result: Any, watch: Watch, runnable: Any, before: Any) -> Any:
    try:
        return await result
    finally:
        _note_settings(watch, runnable, before)


def _submitted(watch: Watch, test_file: str, real: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(real)
    def submit(task: Any, *args: Any, **kwargs: Any) -> Any:
        if is_inside() or file_of(_function_of(task)) == test_file:
            return real(task, *args, **kwargs)
        given = _without_options(kwargs)
        end = watch.begin(Given(_name_of(task), _function_of(task), args, given))
        try:
            with inside(), _asked_for(_function_of(task)):
                futures = real(task, *args, **kwargs)
        except BaseException:
            end()
            raise
        _when_done(futures, end)
        return futures

    return submit


_asked: ContextVar[Any] = ContextVar("asked_for_by_the_test", default=None)


@contextlib.contextmanager
def _asked_for(function: Any) -> Iterator[None]:
    token = _asked.set(function)
    try:
        yield
    finally:
        _asked.reset(token)


async def _later(function: Any, result: Any) -> Any:
    with _asked_for(function):
        return await result


def _handed_on(watch: Watch, real: Callable[..., Any]) -> Callable[..., Any]:
    """Look also at what the engine hands to the function that the test has asked for.

    To check a flow's parameters it copies dicts and lists, so the test's own may be as before.
    """

    @functools.wraps(real)
    def call(function: Any, parameters: dict[str, Any]) -> Any:
        if function is not _asked.get():
            return real(function, parameters)
        given = Given(function.__name__, function, (), dict(parameters))
        result = None
        try:
            result = real(function, parameters)
        finally:
            if not inspect.iscoroutine(result):
                given.note_changes(watch.ledger)
        return _awaited(result, given) if inspect.iscoroutine(result) else result

    async def _awaited(result: Any, given: Given) -> Any:
        try:
            return await result
        finally:
            given.note_changes(watch.ledger)

    return call


def _when_done(futures: Any, end: Callable[[], None]) -> None:
    """Look at a submitted call when it has ended: the last of them, if it was mapped."""
    left = list(futures) if isinstance(futures, list) else [futures]
    left = [one for one in left if hasattr(one, "add_done_callback")]  # a state has ended already
    if not left:
        end()
    waiting = [len(left)]

    def done(_: Any) -> None:
        waiting[0] -= 1
        if waiting[0] == 0:
            end()

    for future in left:
        future.add_done_callback(done)


def _without_options(kwargs: dict[str, Any]) -> dict[str, Any]:
    options = ("return_state", "wait_for", "deferred")
    return {name: value for name, value in kwargs.items() if name not in options}


def _function_of(runnable: Any) -> Any:
    return vars(runnable).get("fn")


def _name_of(runnable: Any) -> str:
    return str(getattr(_function_of(runnable), "__name__", runnable.name))


class _Function:
    """Stands for the attribute `fn` of a class: watched for the test, as it is for the engine."""

    def __init__(self, watch: Watch, test_file: str) -> None:
        self._watch = watch
        self._test_file = test_file

    def __get__(self, runnable: Any, owner: type) -> Any:
        if runnable is None:
            raise AttributeError("fn")
        try:
            function = vars(runnable)["fn"]
        except KeyError:
            raise AttributeError("fn") from None
        asks: Any = sys._getframe(1)
        while asks.f_code.co_filename == _STAND_IN:  # asks on behalf of a test
            asks = asks.f_back
        if asks.f_code.co_filename == self._test_file and self._watch.owns(function):
            return self._watch.function(function)
        return function

    def __set__(self, runnable: Any, function: Any) -> None:
        vars(runnable)["fn"] = function


@contextlib.contextmanager
def _functions_watched(watch: Watch, owner: type, test_file: str) -> Iterator[None]:
    setattr(owner, "fn", _Function(watch, test_file))  # noqa: B010 - a class has no such attribute
    try:
        yield
    finally:
        delattr(owner, "fn")
