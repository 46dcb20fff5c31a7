"""Grade many submissions: in parallel, each kept as soon as it is there, none twice.

Where Prefect is installed the batch is a flow with a task run a submission, so that its run page,
retries and logs are those that an instructor knows; the work itself is the same without it.
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
    """

    root: Path
    level: Level = "strict"
    limits: Limits = dataclasses.field(default_factory=Limits)
    jobs: int = 1


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

        pool = concurrent.futures.ThreadPoolExecutor(order.jobs, thread_name_prefix="dojo-grade")
        try:
            for future in concurrent.futures.as_completed([pool.submit(grade, i) for i in left]):
                future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


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
