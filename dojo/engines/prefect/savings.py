"""What a verdict is spared of Prefect: work that costs seconds and that no kata looks at.

Used in the process that runs the tests; the engine is the real one in all else. See
docs/decisions/0006-fewer-requests.md.
"""

from __future__ import annotations

import contextlib
import inspect
import logging
import types
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock


@contextlib.contextmanager
def savings() -> Iterator[None]:
    """Spare the server requests, the log its colours, and a flow its schema made again."""
    with _fewer_requests(), _plain_log(), _schemas_once():
        yield


@contextlib.contextmanager
def _fewer_requests() -> Iterator[None]:
    """Spare the server what no kata asks it for: half of the time of a task run.

    Each run asks twice where results are kept by default (nowhere: the server is empty), and each
    task run tells its states, and whose they are, for the server's pages. A kata hears them where
    they are told (`dojo.world.history`); so the server's database has flow runs, but no task runs.
    """
    import prefect.results
    import prefect.task_engine

    async def nowhere() -> None:
        return None

    with (
        mock.patch.object(prefect.task_engine, "emit_task_run_state_change_event", _nobody_listens),
        mock.patch.multiple(
            prefect.results,
            _read_server_default_result_storage_block_id=lambda: None,
            _aread_server_default_result_storage_block_id=nowhere,
        ),
    ):
        yield


def _nobody_listens(*_: Any, **__: Any) -> None:
    """Take the place of the event that tells a task run's state."""


@contextlib.contextmanager
def _plain_log() -> Iterator[None]:
    """Write the same lines to the console without rich: a tenth of the time of a short task run."""
    from prefect.logging.handlers import PrefectConsoleHandler

    with mock.patch.object(PrefectConsoleHandler, "emit", logging.StreamHandler.emit):
        yield


@contextlib.contextmanager
def _schemas_once() -> Iterator[None]:
    """Make the schema of a flow's parameters once, however often its file is loaded.

    Each test loads the solution anew, and each `with_options` makes the flow again. What a
    function within another, or a decorated one, takes may depend on more than its code: theirs
    are made each time.
    """
    import prefect.flows
    from prefect.utilities.callables import parameter_schema as original

    made: dict[Any, Any] = {}

    def parameter_schema(fn: Callable[..., Any]) -> Any:
        if not isinstance(fn, types.FunctionType) or "<locals>" in fn.__qualname__:
            return original(fn)
        if hasattr(fn, "__wrapped__"):
            return original(fn)
        try:
            takes = inspect.get_annotations(fn, eval_str=True)
        except Exception:  # a name that only a type checker knows
            return original(fn)
        said = repr((takes, fn.__defaults__, fn.__kwdefaults__, fn.__doc__))
        key = (fn.__module__, fn.__code__, said)
        if key not in made:
            made[key] = original(fn)
        return made[key].model_copy(deep=True)

    with mock.patch.object(prefect.flows, "parameter_schema", parameter_schema):
        yield
