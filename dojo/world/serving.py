"""Have Prefect's deployments served up to the moment when the waiting for work begins."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import inspect
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dojo.ground.libraries.seam import Seam
from dojo.world.seams import prefect

_sleep = time.sleep  # a test may play with the clock


class WaitsForWork(BaseException):
    """The process would now run for weeks; no `except Exception` of a solution ends that."""


@dataclasses.dataclass(frozen=True)
class Served:
    """What came of a call that serves.

    Attributes:
        waits: Whether the process has begun to wait for work, until somebody interrupts it.
        error: What was raised instead.
        registered: The deployments that this call has registered, each as the server has it.
        on_server: The same, with those of earlier calls that are still there.
        limit: How many runs the process would run at once; None: any number.
        watched: The names of the deployments whose runs the waiting process would start.
    """

    waits: bool
    error: Exception | None
    registered: list[Any]
    on_server: list[Any]
    limit: int | None
    watched: tuple[str, ...]


@contextlib.contextmanager
def requests_noted() -> Iterator[list[str]]:
    """Note what Prefect's clients ask any server for during the block: `POST /api/deployments/`.

    But for logs: what an earlier run has logged a thread of the engine's sends when it comes to it.
    """
    asked: list[str] = []

    def noting(real: Any) -> Any:
        def send(this: Any, request: Any, *args: Any, **more: Any) -> Any:
            if not request.url.path.endswith("/logs/"):
                asked.append(f"{request.method} {request.url.path}")
            return real(this, request, *args, **more)

        return send

    with contextlib.ExitStack() as stack:
        _replace(stack, prefect.SENT, noting)
        yield asked


_DIGITS = re.compile("[0-9a-f-]{32,}")


@contextlib.contextmanager
def bodies_noted() -> Iterator[list[str]]:
    """Note what Prefect's clients tell any server during the block, but for logs: texts of JSON.

    Ids and checksums are left out: by chance they have in them what somebody looks for.
    """
    told: list[str] = []

    def noting(real: Any) -> Any:
        def send(this: Any, request: Any, *args: Any, **more: Any) -> Any:
            if request.method != "GET" and not request.url.path.endswith("/logs/"):
                with contextlib.suppress(Exception):  # what is sent in pieces is no JSON
                    body = _DIGITS.sub("...", request.content.decode(errors="replace"))
                    told.append(f"{request.method} {request.url.path} {body}")
            return real(this, request, *args, **more)

        return send

    with contextlib.ExitStack() as stack:
        _replace(stack, prefect.SENT, noting)
        yield told


def _replace(stack: contextlib.ExitStack, seams: Iterable[Seam], around: Any) -> None:
    for seam in seams:
        stack.enter_context(seam.replaced(around(seam.read())))


@contextlib.contextmanager
def serving(keep: bool = False) -> Iterator[Callable[..., Served]]:
    """Give a function that makes a call which serves, and tells what came of it.

    It may be told the name of a deployment that the server refuses, and that it then says nothing
    at all.

    Args:
        keep: Leave what was registered on the server. Else it is deleted in the end: the next block
            may be another solution's, and the server refuses schedules without a slug where there
            are some with one.
    """
    import httpx
    from prefect.client import orchestration
    from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError

    ids: list[Any] = []
    given: dict[int, set[str]] = {}  # by runner: the names of the deployments
    waiting: list[Any] = []
    unwelcome: str | None = None
    silent = False

    def take(name: str | None) -> None:
        """Refuse a deployment, as a server does that is about to be restarted, or is gone."""
        if name and name == unwelcome:
            if silent:
                raise httpx.ConnectError("All connection attempts failed")
            request = httpx.Request("POST", "http://server/api/deployments/")
            said = httpx.Response(503, request=request)
            raise PrefectHTTPStatusError("503 Service Unavailable", request=request, response=said)

    def heard(real: Any) -> Any:
        """Note whose id `create_deployment` returns, or `update_deployment` is given."""

        def note(args: tuple[Any, ...], more: dict[str, Any], found: Any) -> Any:
            ids.append(found or more.get("deployment_id") or args[1])
            return found

        async def call_async(*args: Any, **more: Any) -> Any:
            take(more.get("name"))
            return note(args, more, await real(*args, **more))

        def call(*args: Any, **more: Any) -> Any:
            take(more.get("name"))
            return note(args, more, real(*args, **more))

        return call_async if inspect.iscoroutinefunction(real) else call

    def noted(real: Any) -> Any:
        def apply(this: Any, *args: Any, **more: Any) -> Any:
            take(this.name)
            return real(this, *args, **more)

        return apply

    def added(real: Any) -> Any:
        """Note what a runner is given to watch."""

        @functools.wraps(real)
        async def add_async(this: Any, deployment: Any) -> Any:
            given.setdefault(id(this), set()).add(deployment.name)
            return await real(this, deployment)

        @functools.wraps(real)
        def add(this: Any, deployment: Any, **more: Any) -> Any:
            given.setdefault(id(this), set()).add(deployment.name)
            return real(this, deployment, **more)

        return add_async if inspect.iscoroutinefunction(real) else add

    async def start(this: Any, run_once: bool = False, *_: Any, **__: Any) -> None:
        if not run_once:
            waiting.append(this)
            raise WaitsForWork

    def serve(
        call: Callable[[], Any], refused: str | None = None, is_silent: bool = False
    ) -> Served:
        nonlocal unwelcome, silent
        unwelcome, silent = refused, is_silent
        error = None
        waits = False
        earlier = len(ids)
        waiting.clear()
        given.clear()
        try:
            call()
        except NotImplementedError:
            raise
        except WaitsForWork:
            waits = True
        except Exception as caught:  # whatever a solution raises is looked at by the tests
            error = caught
        known = []
        with orchestration.get_client(sync_client=True) as client:
            for one in dict.fromkeys(ids):
                with contextlib.suppress(ObjectNotFound):
                    known.append(client.read_deployment(one))
        registered = [one for one in known if one.id in ids[earlier:]]
        limit = next((one.limit for one in waiting), None)
        watched = tuple(sorted(name for one in waiting for name in given.get(id(one), ())))
        return Served(waits, error, registered, known, limit, watched)

    with contextlib.ExitStack() as stack:
        stack.enter_context(_server_to_itself())
        _replace(stack, prefect.REGISTERED, heard)
        _replace(stack, prefect.APPLIED, noted)
        _replace(stack, prefect.WATCHED, added)
        stack.enter_context(prefect.WAITS_FOR_WORK.replaced(start))
        yield serve
        if ids and not keep:
            with orchestration.get_client(sync_client=True) as asked:
                for one in dict.fromkeys(ids):
                    with contextlib.suppress(ObjectNotFound):
                        asked.delete_deployment(one)


@contextlib.contextmanager
def _server_to_itself() -> Iterator[None]:
    """Wait for whoever else registers at this server, as another solution of the gate does.

    One deletes what the other has registered under the same name. Who hangs is not waited for.
    What is locked is the folder that all forks of one parent share: an open file would be taken for
    the solution's.
    """
    from prefect.settings import PREFECT_HOME

    shared = PREFECT_HOME.value()
    # Nobody forks on Windows; within walls nobody has that folder, and the server is one's own.
    try:
        if sys.platform == "win32":
            raise FileNotFoundError
        folder = os.open(shared, os.O_RDONLY)
    except OSError:
        yield
        return
    import fcntl

    try:
        for _ in range(400):
            with contextlib.suppress(OSError):
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            _sleep(0.05)
        yield
    finally:
        os.close(folder)
