"""What a verdict is spared of Prefect: work that costs seconds and that no kata looks at.

Used in the process that runs the tests; the engine is the real one in all else. See
docs/decisions/0006-fewer-requests.md.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import logging
import ssl
import types
from collections.abc import Callable, Iterator
from typing import Any

from dojo.engines.prefect import seams
from dojo.world.history import task_states_heard


@contextlib.contextmanager
def savings() -> Iterator[None]:
    """Spare the server requests, the log its colours, and what is the same each time its making."""
    with _fewer_requests(), _flows_asked_once(), _plain_log(), _schemas_once(), _tls_once():
        yield


@contextlib.contextmanager
def _fewer_requests() -> Iterator[None]:
    """Spare the server what no kata asks it for: half of the time of a task run.

    Each run asks twice where results are kept by default (nowhere: the server is empty), and each
    task run tells its states, and whose they are, for the server's pages. A kata hears them where
    they are told (`dojo.world.history`); so the server's database has flow runs, but no task runs.
    """

    async def nowhere() -> None:
        return None

    with (
        task_states_heard(and_told=False),
        seams.DEFAULT_STORAGE.replaced(lambda: None),
        seams.DEFAULT_STORAGE_ASYNC.replaced(nowhere),
    ):
        yield


@contextlib.contextmanager
def _flows_asked_once() -> Iterator[None]:
    """Ask the server once which flow has a name: each run asks before it is created."""
    from prefect.settings import PREFECT_API_URL

    real = seams.ASKED.read()
    known: dict[str, Any] = {}

    def request(client: Any, method: str, path: str, *args: Any, **more: Any) -> Any:
        if method == "DELETE":
            known.clear()
        if (method, path) != ("POST", "/flows/"):
            return real(client, method, path, *args, **more)
        key = repr((PREFECT_API_URL.value(), args, more))
        if key not in known:
            known[key] = real(client, method, path, *args, **more)
        return known[key]

    with seams.ASKED.replaced(request):
        yield


@contextlib.contextmanager
def _plain_log() -> Iterator[None]:
    """Write the same lines to the console without rich: a tenth of the time of a short task run."""
    with seams.CONSOLE.replaced(logging.StreamHandler.emit):
        yield


@contextlib.contextmanager
def _tls_once() -> Iterator[None]:
    """Make the TLS context of Prefect's clients once: each run has a client, none speaks TLS."""
    made = types.SimpleNamespace(**vars(ssl))
    made.create_default_context = functools.cache(ssl.create_default_context)
    with seams.TLS.replaced(made):
        yield


@contextlib.contextmanager
def _schemas_once() -> Iterator[None]:
    """Make the schema of a flow's parameters once, however often its file is loaded.

    Each test loads the solution anew, and each `with_options` makes the flow again. What a
    function within another, or a decorated one, takes may depend on more than its code: theirs
    are made each time.
    """
    original = seams.SCHEMA.read()
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

    with seams.SCHEMA.replaced(parameter_schema):
        yield
