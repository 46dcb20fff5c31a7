"""Grade on a Dask cluster: what goes to a worker and comes back, and what a worker keeps warm.

A submission goes as data, its result comes back as JSON. A worker grades with its own checkout and
its own packages, so it first compares what its result would hold for with what it was asked for.
Its warm parent serves all its threads and every later batch, and ends with the worker's process;
one grader a seed serves a whole batch, so that the reference plays its scenarios once.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import functools
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dojo.catalog.kata import CatalogError, Kata, find_kata, load_catalog
from dojo.engines.templates import EngineError
from dojo.grading.binding import Changed, bind, check_unchanged, remember
from dojo.grading.grader import Grader, not_graded
from dojo.grading.results import Result
from dojo.ground import safe_text as plain
from dojo.ground.paths import find_root
from dojo.ground.run_folder import forget_proxies
from dojo.ground.safe_text import shorten
from dojo.intake.submission import Submission
from dojo.sandbox.client import GuardFault
from dojo.sandbox.parent_client import Parent
from dojo.sandbox.selftest import try_walls
from dojo.sandbox.walls import Level, Limits, SandboxError, missing_for
from dojo.world.network import is_local

_SCHEDULER_TIMEOUT_S = 20
_WORKER_TIMEOUT_S = 60
_MOST_GRADERS = 8  # of as many batches at a time


class NoCluster(Exception):
    """The cluster cannot grade; the message says what to do."""


def check_cluster(address: str) -> None:
    """Look whether a cluster is there to grade.

    Args:
        address: Of its scheduler, `tcp://HOST:PORT` or `tls://HOST:PORT`.

    Raises:
        NoCluster: A package is missing, no scheduler answers, or it has no worker.
    """
    try:
        import prefect_dask  # noqa: F401
        from distributed import Client
        from prefect.settings import PREFECT_API_URL
    except ImportError:
        raise NoCluster("--dask needs Dask: pip install -e '.[dask]' -c constraints.txt") from None
    cure = f"start one with 'dask worker {address}' in this environment"
    try:
        with Client(address, timeout=_SCHEDULER_TIMEOUT_S, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=_WORKER_TIMEOUT_S)
            if is_local(urlsplit(PREFECT_API_URL.value() or "").hostname):
                _forget_proxies(client)
    except TimeoutError as error:
        raise NoCluster(f"the Dask cluster at {address!r} has no worker: {cure}") from error
    except (OSError, ValueError) as error:
        raise NoCluster(
            f"no Dask scheduler answers at {address!r} ({type(error).__name__}):"
            " start one with 'dask scheduler' in this environment"
        ) from error


def _forget_proxies(client: Any) -> None:
    """Have the workers, also those that join later, ask this machine's Prefect server directly."""
    from distributed.diagnostics.plugin import WorkerPlugin

    class Direct(WorkerPlugin):  # type: ignore[misc,unused-ignore]
        def setup(self, worker: Any) -> None:
            del worker
            forget_proxies(os.environ)

    client.register_plugin(Direct(), name="dojo-direct")


@contextlib.contextmanager
def connected(address: str) -> Iterator[None]:
    """Use a cluster in a block.

    Args:
        address: Of its scheduler.

    Raises:
        NoCluster: The scheduler went away.
    """
    try:
        yield
    except OSError as error:  # of Dask: closed connections, and those that come to nothing
        raise NoCluster(
            f"the Dask scheduler at {address!r} is gone: start one again; the same command, with"
            " its address, goes on"
        ) from error


def pack(submission: Submission, seed: str, level: Level, limits: Limits) -> dict[str, Any]:
    """Return all that a worker needs to grade a submission, as plain data."""
    return {
        "learner": submission.learner,
        "kata": submission.kata.id,
        "source": submission.source,
        "content": submission.content,
        "fault": submission.fault,
        "submitted": submission.submitted,
        "notes": submission.notes,
        "binding": bind(submission, seed, level).model_dump(),
        "limits": dataclasses.asdict(limits),
    }


def unpack(outcome: Any, submission: Submission, seed: str, level: Level) -> Result:
    """Return the result that came of a submission.

    Args:
        outcome: What a worker returned, or what became of it instead.
        submission: What was sent.
        seed: Of the scenarios.
        level: The walls.

    Returns:
        The result; `grader-error`, without a mark, when each worker that had it was lost.

    Raises:
        NoCluster: The worker must not grade, the cluster is gone, or something here has changed.
    """
    from distributed.scheduler import KilledWorker

    if isinstance(outcome, KilledWorker):
        why = "each worker that had it was lost: look into the workers' logs"
        return not_graded(submission, seed, level, why)
    if isinstance(outcome, Exception):
        raise NoCluster(
            f"the cluster came to no result ({type(outcome).__name__}:"
            f" {shorten(str(outcome), 300)}); the same command goes on"
        )
    try:
        check_unchanged(submission.kata)
    except Changed as error:
        raise NoCluster(f"{error}; the same command begins anew") from None
    if "unfit" in outcome:
        raise NoCluster(f"the worker {outcome['worker']} cannot grade: {outcome['unfit']}")
    try:
        result = Result.model_validate_json(outcome["result"])
    except ValueError as error:
        return not_graded(submission, seed, level, f"the worker's result cannot be read ({error})")
    asked = (plain.name(submission.learner), submission.kata.id, bind(submission, seed, level))
    if (result.learner, result.kata, result.binding) != asked:
        raise NoCluster(f"the worker {outcome['worker']} has graded something else: end it")
    return result


# On the worker


def grade_on_worker(job: dict[str, Any], name: str) -> dict[str, str]:
    """Grade one submission, in the process of a worker.

    Args:
        job: What `pack` returned.
        name: Of the task run.

    Returns:
        The worker's address, with `result`, or with `unfit`: why this worker must not grade.
    """
    del name
    from distributed import get_worker

    told = {"worker": str(get_worker().address)}
    try:
        return {**told, "result": _grade(job).model_dump_json()}
    except (_Unfit, EngineError, GuardFault, SandboxError, CatalogError) as error:
        return {**told, "unfit": str(error)}


class _Unfit(Exception):
    """This worker would grade with something else than was asked for."""


def _grade(job: dict[str, Any]) -> Result:
    root = find_root()
    wanted = job["binding"]
    submission = Submission(
        learner=job["learner"],
        kata=find_kata(_katas(root), job["kata"]),
        source=job["source"],
        content=job["content"],
        fault=job["fault"],
        submitted=job["submitted"],
        notes=tuple(job["notes"]),
    )
    ours = bind(submission, wanted["seed"], wanted["level"]).model_dump()
    differ = [what for what in wanted if wanted[what] != ours[what]]
    if differ:
        raise _Unfit(
            f"its {' and '.join(differ)} differ from the grader's: give it the same commit, Python"
            " and packages, and start it again"
        )
    try:
        check_unchanged(submission.kata)
    except Changed as error:
        raise _Unfit(f"{error}: start it again") from None
    grader = _warm.grader(root, wanted["level"], Limits(**job["limits"]), wanted["seed"])
    try:
        return grader.grade(submission)
    except Exception as error:  # one that breaks the grader costs its own result only
        why = f"{type(error).__name__}: {error}"
        return not_graded(submission, wanted["seed"], wanted["level"], why)


class _Warm:
    """What this process keeps: a parent for the same walls and limits, a grader for each seed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parents: dict[tuple[Level, Limits], Parent] = {}
        self._graders: OrderedDict[tuple[Level, Limits, str], Grader] = OrderedDict()

    def grader(self, root: Path, level: Level, limits: Limits, seed: str) -> Grader:
        """Return one whose walls were tried, and which knows what the reference did before."""
        asked = (level, limits, seed)
        with self._lock:
            if (level, limits) not in self._parents:
                self._parents[level, limits] = _start(root, level, limits)
            if asked not in self._graders:
                self._graders[asked] = Grader(self._parents[level, limits], seed)
            self._graders.move_to_end(asked)
            while len(self._graders) > _MOST_GRADERS:
                self._graders.popitem(last=False)
            return self._graders[asked]


def _start(root: Path, level: Level, limits: Limits) -> Parent:
    if missing := missing_for(level):
        raise SandboxError(missing)
    parent = Parent(root, level, limits)
    try:
        try_walls(parent)
    except BaseException:
        parent.close()
        raise
    atexit.register(parent.close)
    return parent


_warm = _Warm()


@functools.lru_cache(maxsize=1)
def _katas(root: Path) -> list[Kata]:
    katas = load_catalog(root)
    remember(katas)
    return katas
