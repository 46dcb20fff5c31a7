"""An MLflow store that is busy, refuses a change or falls silent, and a caller with a run open."""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from dojo.engines.mlflow import seams

# MLflow begins each question to a database with it, whatever it asks or changes then.
_QUESTION = "PRAGMA foreign_keys"
# What errors of things that are not there say as well.
_NO_ANSWER = "no answer from the database: host not found (404 Not Found: it does not exist)"
_CHANGES = ("INSERT", "UPDATE", "DELETE")


@contextlib.contextmanager
def busy_at(number: int) -> Iterator[list[str]]:
    """Have one question to the database find no answer, the others do.

    Args:
        number: Which, from 1. One that comes after a change finds its answer: what is half done
            then is not undone by anybody.

    Yields:
        The error's text, once the question was asked.
    """
    from sqlalchemy import Engine, event

    refused: list[str] = []
    asked = 0

    def answer(_: Any, __: Any, statement: str, *___: Any) -> None:
        nonlocal asked
        if statement.startswith(_CHANGES):
            asked = number  # it is too late for that one
        if not statement.startswith(_QUESTION):
            return
        asked += 1
        if asked == number:
            refused.append(_NO_ANSWER)
            raise ConnectionError(_NO_ANSWER)  # which MLflow makes an INTERNAL_ERROR

    event.listen(Engine, "before_cursor_execute", answer)
    try:
        yield refused
    finally:
        event.remove(Engine, "before_cursor_execute", answer)


# How the names of a client's methods begin.
_ASKING = ("get_", "search_")
_CHANGING = ("create_", "delete_", "log_", "rename_", "set_", "update_")
# What `mlflow.register_model` calls instead.
_OTHER_NAMES = {"_create_model_version": "create_model_version"}


@contextlib.contextmanager
def heard(hear: Callable[[str], Any]) -> Iterator[None]:
    """Have `hear` be told what is asked of a store, by its client's method; it may raise.

    What it returns, if anything, is called when that was done, and may raise as well.

    What a client asks in order to do that is its own affair: before each change of an alias it
    looks whether the model is a prompt.
    """
    client, here = seams.CLIENT.read(), threading.local()

    def told(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def method(*given: Any, **more: Any) -> Any:
            if getattr(here, "is_inside", False):
                return real(*given, **more)
            then = hear(name)
            here.is_inside = True
            try:
                found = real(*given, **more)
            finally:
                here.is_inside = False
            if then is not None:
                then()
            return found

        return method

    own = {
        name: real
        for name, real in vars(client).items()
        if _OTHER_NAMES.get(name, name).startswith((*_ASKING, *_CHANGING))
        and inspect.isfunction(real)
    }
    with contextlib.ExitStack() as stack:
        for name, real in own.items():
            said = _OTHER_NAMES.get(name, name)
            stack.enter_context(mock.patch.object(client, name, told(said, real)))
        yield


@contextlib.contextmanager
def refused_at(
    number: int, *of: str, but_made: bool = False, is_lost: bool = False
) -> Iterator[list[str]]:
    """Have one change of a store be refused; the others are made.

    Args:
        number: Which, from 1.
        of: The changes, or questions, that count, by the names of a client's methods. None: all
            changes.
        but_made: It is made all the same: the store's answer is what is lost.
        is_lost: A proxy answers, who knows no such address, 404: to a client of MLflow the status
            is that of a run that is not there, and the error's code is another one.

    Yields:
        The name of what was refused, once it was.
    """
    from mlflow.exceptions import MlflowException
    from mlflow.protos.databricks_pb2 import ENDPOINT_NOT_FOUND

    refused: list[str] = []
    counted = itertools.count(1)

    def refuse() -> None:
        if is_lost:
            raise MlflowException(_NO_ANSWER, error_code=ENDPOINT_NOT_FOUND)
        raise MlflowException(_NO_ANSWER)

    def hear(name: str) -> Callable[[], None] | None:
        counts = name in of if of else name.startswith(_CHANGING)
        if not counts or next(counted) != number:
            return None
        refused.append(name)
        if not but_made:
            refuse()
        return refuse

    with heard(hear):
        yield refused


@contextlib.contextmanager
def silent_once_changed() -> Iterator[list[str]]:
    """Have a store answer no question any more as soon as something was changed in it.

    Yields:
        The names of what was asked in vain.
    """
    from mlflow.exceptions import MlflowException

    changes: list[str] = []
    refused: list[str] = []

    def hear(name: str) -> None:
        if name.startswith(_CHANGING):
            changes.append(name)
        elif changes:
            refused.append(name)
            raise MlflowException(_NO_ANSWER)

    with heard(hear):
        yield refused


@contextlib.contextmanager
def callers_run(uri: str) -> Iterator[Callable[[], str]]:
    """Have the caller of a solution have a run open, in this thread, for the length of a block.

    Args:
        uri: The store that it is in: in its default experiment.

    Yields:
        Says how it is; nothing if it is open and running, as it should be.
    """
    import mlflow
    from mlflow.tracking import MlflowClient

    active: Any = mlflow.ActiveRun
    client = MlflowClient(uri)
    run = client.create_run("0", run_name="the caller's own")
    stack = seams.ACTIVE_RUNS.read().get()
    stack.append(active(run))  # start_run would change which store is the default

    def look() -> str:
        now = client.get_run(run.info.run_id)
        status, logged = now.info.status, sorted({*now.data.params, *now.data.metrics})
        is_active = bool(stack) and stack[-1].info.run_id == run.info.run_id
        said = [] if status == "RUNNING" else [status]
        said += [f"one in which {', '.join(logged)} was logged"] if logged else []
        return ", ".join(said if is_active else [*said, "no longer this thread's active run"])

    try:
        yield look
    finally:
        stack[:] = [one for one in stack if one.info.run_id != run.info.run_id]
