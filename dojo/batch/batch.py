"""Grade many submissions: in parallel, each kept as soon as it is there, none twice.

With a Prefect server at hand the batch is a flow run with a task run a submission, so that the
instructor sees it where all their other batches are; with a Dask cluster these are on its workers.
The work itself is the same without. Whoever grades, this process alone keeps the results.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dojo.batch import cluster, flow
from dojo.catalog.kata import Language
from dojo.grading.binding import bind, remember
from dojo.grading.by_hand import Whose, with_marks_by_hand
from dojo.grading.grader import Grader, not_graded
from dojo.grading.lateness import LatePolicy, apply_lateness, best_attempts
from dojo.grading.results import ByHand, Feedback, Result, Results, with_feedback
from dojo.grading.signing import sign
from dojo.grading.store import Store
from dojo.ground.safe_text import one_line
from dojo.intake.submission import Collected, Submission
from dojo.sandbox.parent_client import Parent
from dojo.sandbox.selftest import try_walls
from dojo.sandbox.walls import Level, Limits, SandboxError, missing_for


class Watch:
    """Is told how a batch goes on; this one keeps it to itself."""

    def begins(self, earlier: int, total: int) -> None:
        """Grading begins: so many of all have an earlier result."""

    def graded(self, result: Result, done: int, total: int) -> None:
        """One more is graded."""


@dataclasses.dataclass(frozen=True)
class Order:
    """How a batch is to be graded.

    Attributes:
        root: The checkout that holds the katas.
        level: The walls; nothing is graded behind lower ones.
        limits: What one submission may use.
        jobs: How many submissions at a time on this machine.
        as_flow: Whether the batch is a Prefect flow run; its server is the instructor's own.
        dask: The address of a Dask scheduler; its workers grade, and the batch is a flow run.
    """

    root: Path
    level: Level = "strict"
    limits: Limits = dataclasses.field(default_factory=Limits)
    jobs: int = 1
    as_flow: bool = False
    dask: str | None = None


def grade_batch(
    submissions: list[Submission],
    store: Store,
    seed: str,
    order: Order,
    watch: Watch | None = None,
) -> list[Result]:
    """Grade what is not graded yet.

    Args:
        submissions: All of them; those that the store has are not graded again.
        store: Where earlier results are and new ones go.
        seed: Of the scenarios.
        order: How.
        watch: Is told how it goes on.

    Returns:
        A result a submission, in their order, lateness not taken off.

    Raises:
        SandboxError: This machine cannot give the walls, or they do not hold.
        EngineError: The warm parent does not start.
        NoServer: There is no Prefect server to be a flow run on.
        NoCluster: The Dask cluster cannot grade.
    """
    watch = watch or Watch()
    remember({one.kata.id: one.kata for one in submissions}.values())
    earlier = {
        index: result
        for index, submission in enumerate(submissions)
        if (result := store.find(submission, seed, order.level)) is not None
    }
    left = [index for index in range(len(submissions)) if index not in earlier]
    batch = _Batch(submissions, left, earlier, store, seed, order, watch)
    watch.begins(len(earlier), len(submissions))
    if left and order.dask is not None:
        batch.grade_on_dask(order.dask)
    elif left:
        batch.grade_here()
    return [batch.found[index] for index in range(len(submissions))]


@dataclasses.dataclass(frozen=True)
class _Batch:
    submissions: list[Submission]
    left: list[int]
    found: dict[int, Result]
    store: Store
    seed: str
    order: Order
    watch: Watch

    def grade_here(self) -> None:
        order = self.order
        if missing := missing_for(order.level):
            raise SandboxError(f"nothing was graded: {missing}")
        with Parent(order.root, order.level, order.limits) as parent:
            try_walls(parent)
            grader = Grader(parent, self.seed)

            def grade(index: int, name: str) -> Result:
                del name  # Prefect's
                return grader.grade(self.submissions[index])

            # What is in hand when the batch is ended, ends at once; the next time grades it.
            work = flow.Work(grade, self.left, self._names(), self._keep, parent.close)
            if order.as_flow:
                flow.run_on_threads(work, order.jobs)
            else:
                _run_on_threads(work, order.jobs)

    def grade_on_dask(self, address: str) -> None:
        cluster.check_cluster(address)

        def keep(position: int, outcome: Any) -> None:
            submission = self.submissions[self.left[position]]
            level = self.order.level
            self._keep(position, cluster.unpack(outcome, submission, self.seed, level))

        pieces = [
            cluster.pack(self.submissions[index], self.seed, self.order.level, self.order.limits)
            for index in self.left
        ]
        work = flow.Work(cluster.grade_on_worker, pieces, self._names(), keep)
        with cluster.connected(address):
            flow.run_on_dask(work, address)

    def _names(self) -> list[str]:
        chosen = [self.submissions[index] for index in self.left]
        return [one_line(f"{one.learner} {one.kata.id}") for one in chosen]

    def _keep(self, position: int, outcome: Any) -> None:
        index = self.left[position]
        submission, level = self.submissions[index], self.order.level
        if isinstance(outcome, Exception):
            # One that breaks the grader costs its own result only.
            why = f"{type(outcome).__name__}: {outcome}"
            outcome = not_graded(submission, self.seed, level, why)
        result: Result = outcome
        # What has changed since it was begun is graded again the next time.
        is_current = result.binding == bind(submission, self.seed, level)
        if result.verdict != "grader-error" and is_current:
            self.store.keep(submission, self.seed, level, result)
        self.found[index] = result
        self.watch.graded(result, len(self.found), len(self.submissions))


def _run_on_threads(work: flow.Work, jobs: int) -> None:
    pool = concurrent.futures.ThreadPoolExecutor(jobs, thread_name_prefix="dojo-grade")
    positions = {
        pool.submit(work.grade, piece, name): position
        for position, (piece, name) in enumerate(zip(work.pieces, work.names, strict=True))
    }
    try:
        for future in concurrent.futures.as_completed(positions):
            work.on_done(positions[future], flow.outcome_of(future))
    except BaseException:
        work.stop()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def publish(
    results: list[Result],
    collected: Collected,
    feedback: Feedback,
    policy: LatePolicy,
    key: bytes | None,
    by_hand: Mapping[Whose, ByHand],
    language: Language = "en",
) -> Results:
    """Make the record that leaves the grader: one attempt, lateness off, feedback filtered, signed.

    Args:
        results: One a submission.
        collected: The submissions, in the same order, and what was none.
        feedback: How much is said.
        policy: What lateness costs, where a learner has no terms of their own.
        key: Signs; None: nothing is signed.
        by_hand: Marks that a person has set.
        language: Of what learners read.

    Raises:
        ValueError: One of these is more than the kata may earn.
    """
    judged = [
        apply_lateness(one, policy, submission.terms)
        for one, submission in zip(results, collected.submissions, strict=True)
    ]
    marked = with_marks_by_hand(best_attempts(judged), by_hand)
    told = [with_feedback(one, feedback) for one in marked]
    if key is not None:
        told = [sign(one, key) for one in told]
    ungraded = tuple(collected.ungraded)
    return Results(feedback=feedback, language=language, results=tuple(told), ungraded=ungraded)
