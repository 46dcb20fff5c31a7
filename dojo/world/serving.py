"""Have Prefect's deployments served up to the moment when the waiting for work begins."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import os
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
        waits: Whether the process has begun to wait for work.
        error: What was raised instead.
        registered: The deployments that were registered: each as it was applied, or as the server
            has it.
        on_server: The same, each as the server has it.
        limit: How many runs the process would run at once; None: any number.
    """

    waits: bool
    error: Exception | None
    registered: list[Any]
    on_server: list[Any]
    limit: int | None


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


def _replace(stack: contextlib.ExitStack, seams: Iterable[Seam], around: Any) -> None:
    for seam in seams:
        stack.enter_context(seam.replaced(around(seam.read())))


@contextlib.contextmanager
def serving() -> Iterator[Callable[..., Served]]:
    """Give a function that makes a call which serves, and tells what came of it.

    It may be told the name of a deployment that the server refuses. What was registered is deleted
    in the end: the next block may be another solution's, and the server refuses schedules without a
    slug where there are some with one.
    """
    import httpx
    from prefect.client import orchestration
    from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError

    ids: list[Any] = []
    applied: dict[str, Any] = {}  # by name: what was asked for, whoever else asks the server, too
    limits: list[int | None] = []
    unwelcome: str | None = None

    def take(name: str | None) -> None:
        """Refuse a deployment, as a server that is about to be restarted does."""
        if name and name == unwelcome:
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
            applied[this.name] = this
            return real(this, *args, **more)

        return apply

    async def start(this: Any, *_: Any, **__: Any) -> None:
        limits.append(this.limit)
        raise WaitsForWork

    def serve(call: Callable[[], Any], refused: str | None = None) -> Served:
        nonlocal unwelcome
        unwelcome = refused
        error = None
        waits = False
        try:
            call()
        except NotImplementedError:
            raise
        except WaitsForWork:
            waits = True
        except Exception as caught:  # whatever a solution raises is looked at by the tests
            error = caught
        with orchestration.get_client(sync_client=True) as client:
            known = [client.read_deployment(one) for one in dict.fromkeys(ids)]
        registered = [applied.get(one.name, one) for one in known]
        return Served(waits, error, registered, known, next(iter(limits), None))

    with contextlib.ExitStack() as stack:
        stack.enter_context(_server_to_itself())
        _replace(stack, prefect.REGISTERED, heard)
        _replace(stack, prefect.APPLIED, noted)
        stack.enter_context(prefect.WAITS_FOR_WORK.replaced(start))
        yield serve
        if ids:
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
