"""Grade many submissions: in parallel, each kept as soon as it is there, none twice.

With a Prefect server at hand the batch is a flow run with a task run a submission, so that the
instructor sees it where all their other batches are. The work itself is the same without.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

from dojo.grading.grader import Grader, apply_lateness
from dojo.grading.guard import Parent
from dojo.grading.marks import Feedback, LatePolicy, Result, Results, with_feedback
from dojo.grading.sandbox import Level, Limits, SandboxError, missing_for
from dojo.grading.selftest import try_walls
from dojo.grading.signing import sign
from dojo.grading.store import Store
from dojo.grading.submission import Submission

OnResult = Callable[[Result, int, int], None]


@dataclasses.dataclass(frozen=True)
class Order:
    """How a batch is to be graded.

    Attributes:
        root: The checkout that holds the katas.
        level: The walls; nothing is graded behind lower ones.
        limits: What one submission may use.
        jobs: How many submissions at a time.
        as_flow: Whether the batch is a Prefect flow run; its server is the instructor's own.
    """

    root: Path
    level: Level = "strict"
    limits: Limits = dataclasses.field(default_factory=Limits)
    jobs: int = 1
    as_flow: bool = False


def grade_batch(
    submissions: list[Submission],
    store: Store,
    seed: str,
    order: Order,
    on_result: OnResult = lambda *_: None,
) -> list[Result]:
    """Grade what is not graded yet.

    Args:
        submissions: All of them; those that the store has are not graded again.
        store: Where earlier results are and new ones go.
        seed: Of the scenarios.
        order: How.
        on_result: Is called with each result, how many there are, and how many there will be.

    Returns:
        A result a submission, in their order, lateness not taken off.

    Raises:
        SandboxError: This machine cannot give the walls, or they do not hold.
        EngineError: The warm parent does not start.
    """
    found: dict[int, Result] = {}
    for index, submission in enumerate(submissions):
        earlier = store.find(submission, seed, order.level)
        if earlier is not None:
            found[index] = earlier
            on_result(earlier, len(found), len(submissions))
    left = [index for index in range(len(submissions)) if index not in found]
    if left:
        _grade_the_rest(submissions, left, found, store, seed, order, on_result)
    return [found[index] for index in range(len(submissions))]


def _grade_the_rest(
    submissions: list[Submission],
    left: list[int],
    found: dict[int, Result],
    store: Store,
    seed: str,
    order: Order,
    on_result: OnResult,
) -> None:
    if missing := missing_for(order.level):
        raise SandboxError(f"nothing was graded: {missing}")
    lock = threading.Lock()
    with Parent(order.root, order.level, order.limits) as parent:
        try_walls(parent)
        grader = Grader(parent, seed)

        def grade(index: int) -> None:
            submission = submissions[index]
            result = grader.grade(submission)
            if result.verdict != "grader-error":
                store.keep(submission, seed, order.level, result)
            with lock:
                found[index] = result
                on_result(result, len(found), len(submissions))

        try:
            if order.as_flow:
                names = [f"{submissions[i].learner} {submissions[i].kata.id}" for i in left]
                run_as_flow(grade, left, names, order.jobs)
            else:
                _run_in_threads(grade, left, order.jobs)
        except BaseException:
            parent.close()  # what is in hand ends at once, and will be graded the next time
            raise


def _run_in_threads(grade: Callable[[int], None], indices: list[int], jobs: int) -> None:
    pool = concurrent.futures.ThreadPoolExecutor(jobs, thread_name_prefix="dojo-grade")
    futures = [pool.submit(grade, index) for index in indices]
    try:
        for future in concurrent.futures.as_completed(futures):
            future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def run_as_flow(
    grade: Callable[[int], None], indices: list[int], names: list[str], jobs: int
) -> None:
    """Grade as a Prefect flow run, on the server that `PREFECT_API_URL` names.

    Args:
        grade: Grades the submission of an index.
        indices: Of those to grade.
        names: Of the task runs, in the same order.
        jobs: How many at a time.
    """
    from prefect import flow, task
    from prefect.futures import wait
    from prefect.task_runners import ThreadPoolTaskRunner

    @task(task_run_name="{name}", persist_result=False)
    def grade_submission(index: int, name: str) -> None:
        """Grade one submission; whatever it does costs this task run only."""
        del name
        grade(index)

    @flow(
        name="grade-batch",
        task_runner=ThreadPoolTaskRunner(max_workers=jobs),  # type: ignore[arg-type]
        log_prints=False,
        persist_result=False,
    )
    def grade_batch_flow() -> None:
        futures = [
            grade_submission.submit(index, name) for index, name in zip(indices, names, strict=True)
        ]
        wait(futures)
        for future in futures:
            future.result()

    grade_batch_flow()


def publish(
    results: list[Result],
    ungraded: list[str],
    feedback: Feedback,
    policy: LatePolicy,
    key: bytes | None,
) -> Results:
    """Make the record that leaves the grader: lateness off, feedback filtered, signed."""
    told = [with_feedback(apply_lateness(one, policy), feedback) for one in results]
    if key is not None:
        told = [sign(one, key) for one in told]
    return Results(feedback=feedback, results=tuple(told), ungraded=tuple(ungraded))
