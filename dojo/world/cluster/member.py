"""Be one process of a cluster: its scheduler, or one of the workers.

Both have the solution's file, as real ones have. What Prefect's engine says in a worker goes into a
file, and not to the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import signal
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dojo.world.clock import (
    SOLUTION_MODULE,
    SOLUTION_MODULE_ELSEWHERE,
    RetryClock,
    free_waits,
)
from dojo.world.cluster.noted import Noted, count_received, counts_of, notes_of
from dojo.world.history import recorded_history, task_states_heard
from dojo.world.http.bound import bind_as_made_before
from dojo.world.seams.libraries import OWN_ADDRESS, PROCESS

_HOST = "127.0.0.1"
SOCKETS_EACH = 2  # Dask's own, and one of HTTP
# What costs a process without anything to show for it here.
_SETTINGS = {
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "1h",
    "distributed.admin.system-monitor.disk": False,
}

_IMPORTED = ("distributed", "prefect.main", "prefect.task_engine", "prefect_dask")
# What a worker imports as it starts.
_IMPORTED_LATE = (
    "distributed.http.health",
    "distributed.http.prometheus",
    "distributed.http.statics",
    "distributed.http.worker",
    "tornado.platform.asyncio",
)

Tell = Callable[[str], object]


def import_all() -> None:
    """Import what a cluster is made of: before the forks."""
    for name in (*_IMPORTED, *_IMPORTED_LATE):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def be_member(given: dict[str, Any], telling: Any) -> None:
    """Be the scheduler, or one of the workers: whoever has started this kills it.

    Args:
        given: Its `number`, 0 for the scheduler; the scheduler's `address`, how many `failures`
            that allows; the `solution`, a path or empty; the `folder` for notes.
        telling: An open file: it says there its address when it is ready, or what its fault is.
    """

    def tell(text: str) -> None:
        print(text, file=telling, flush=True)

    try:
        number = int(given["number"])
        count_received(counts_of(Path(given["folder"])), number)
        bind_as_made_before(SOCKETS_EACH * number)
        PROCESS.write(_Unwatched)
        OWN_ADDRESS.write(lambda *_, **__: _HOST)
        _have_solution(given["solution"])  # the scheduler reads what it passes on, too
        if number == 0:
            asyncio.run(_be_scheduler(given, tell))
        else:
            # Who writes more than it may is killed there and then, and gets no error.
            if hasattr(signal, "SIGXFSZ"):
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            history = Noted(notes_of(Path(given["folder"])))
            with (
                task_states_heard(and_told=False),
                recorded_history(history),
                free_waits(RetryClock()),
            ):
                asyncio.run(_be_worker(given, tell))
    except BaseException as error:
        cause = error
        while cause.__cause__ is not None:
            cause = cause.__cause__
        tell(f"{type(cause).__name__}: {cause}")
        raise


async def _be_scheduler(given: dict[str, Any], tell: Tell) -> None:
    import dask
    from distributed import Scheduler

    allowed = {"distributed.scheduler.allowed-failures": given["failures"]}
    dask.config.set({**_SETTINGS, **allowed, "temporary-directory": given["folder"]})
    async with Scheduler(
        host=_HOST, port=0, dashboard=False, dashboard_address=f"{_HOST}:0"
    ) as scheduler:
        tell(scheduler.address)
        await scheduler.finished()


async def _be_worker(given: dict[str, Any], tell: Tell) -> None:
    import dask
    from distributed import Worker

    dask.config.set({**_SETTINGS, "temporary-directory": given["folder"]})
    async with Worker(
        given["address"],
        host=_HOST,
        nthreads=1,
        dashboard=False,
        memory_limit=0,
    ) as worker:
        tell(worker.address)
        await worker.finished()


def _have_solution(path: str) -> None:
    """Import the solution, under the name that it has where tasks are sent from."""
    if not path:
        return
    module = types.ModuleType(SOLUTION_MODULE)
    module.__file__ = path
    sys.modules.update(dict.fromkeys((SOLUTION_MODULE, SOLUTION_MODULE_ELSEWHERE), module))
    source = Path(path).read_bytes()
    exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)


class _Unwatched:
    """Stands for a process of which Dask asks how it is doing; behind walls it is not told."""

    def memory_info(self) -> Any:
        """Say that it has no memory, of which there is no limit."""
        return types.SimpleNamespace(rss=0, vms=0)

    def cpu_percent(self) -> float:
        """Say that it is idle."""
        return 0.0

    def num_fds(self) -> int:
        """Say that it has nothing open."""
        return 0

    num_handles = num_fds  # as Windows calls it

    def oneshot(self) -> contextlib.AbstractContextManager[None]:
        """Have several questions be one."""
        return contextlib.nullcontext()


if __name__ == "__main__":
    import_all()
    be_member(json.loads(sys.argv[1]), sys.stdout)
