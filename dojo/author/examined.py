"""Check that the examination alone, without the tests, refuses the wrong answers.

Behind the walls, as in grading; the draws are the same each time. What it cannot see has a line
`Not examined: why` in its docstring.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dojo.author.files import answers_to_run
from dojo.author.finding import Fault, Finding, Note, rule, shown
from dojo.catalog.answers import as_one_file, tasks_of, why_not_examined
from dojo.catalog.kata import Kata
from dojo.engines.templates import EngineError
from dojo.exam.examiner import Examiner, unexamined_tasks
from dojo.exam.marks import ScenarioVerdict
from dojo.sandbox.parent_client import Parent
from dojo.sandbox.walls import Level, Limits, SandboxError, missing_for

# Of what authors look at: the same draws each time.
SEED = "check"
Scenarios = tuple[ScenarioVerdict, ...]


def check_examinations(root: Path, katas: list[Kata]) -> Iterator[Finding | Note]:
    """Have the examination of each kata judge the reference, then the wrong answers.

    Yields:
        What is wrong; and for each kata which answers the examination accepts, or that there is
        no examination.

    Raises:
        EngineError: An engine does not start.
        SandboxError: This machine cannot build walls.
    """
    examined = []
    for kata in katas:
        if kata.exam_file.exists():
            examined.append(kata)
        else:
            place = shown(kata.exam_file, root)
            said = f"has no examination here ({place}): it may be kept elsewhere"
            yield Note(kata.id, f"{said}; nothing was proved of it")
    if not examined:
        return
    with contextlib.ExitStack() as stack:
        pool = ThreadPoolExecutor(os.cpu_count() or 1)
        stack.callback(pool.shutdown, cancel_futures=True)
        # It is closed first: then whatever is being judged comes to its end.
        examiner = stack.enter_context(examiner_of(root))
        for kata in examined:
            yield from _check(kata, examiner, pool)


@contextlib.contextmanager
def examiner_of(root: Path, seed: str = SEED) -> Iterator[Examiner]:
    """Hand out an examiner with walls; its draws are the same each time.

    Args:
        root: The checkout.
        seed: Of the draws.

    Raises:
        SandboxError: This machine cannot build walls.
    """
    # Nobody hostile is here: lower walls do where the grader's own cannot be built.
    level: Level = "landlock" if missing_for("strict") else "strict"
    if missing := missing_for(level):
        raise SandboxError(f"nothing was examined: {missing}")
    with Parent(root, level, Limits()) as parent:
        yield Examiner(parent, seed)


def _check(kata: Kata, examiner: Examiner, pool: ThreadPoolExecutor) -> Iterator[Finding | Note]:
    if found := examination_accepts_the_reference(kata, examiner):
        yield from found
        return
    left_out = set(unexamined_tasks(kata))
    answers = [one for one in answers_to_run(kata, "wrong") if tasks_of(kata, one) - left_out]
    accepted = []
    played = pool.map(lambda one: play(kata, as_one_file(kata, one), examiner), answers)
    for answer, outcome in zip(answers, played, strict=True):
        yield from examination_refuses_wrong_answer(kata, answer, outcome)
        if not isinstance(outcome, Exception) and not differs(kata, answer, outcome):
            accepted.append(answer)
    yield Note(kata.id, _summary(accepted, len(answers)))
    if left_out:
        numbers = ", ".join(str(number) for number in sorted(left_out))
        yield Note(kata.id, f"no scenario examines task {numbers}: its tests alone are proved")


def play(
    kata: Kata, source: str, examiner: Examiner, *, to_the_end: bool = True
) -> Scenarios | Exception:
    """Have a solution play all scenarios of a kata; return why that could not be judged.

    Args:
        kata: The kata.
        source: The solution.
        examiner: Plays them.
        to_the_end: Whether any is played after one that refuses it.

    Raises:
        EngineError: An engine does not start.
    """
    try:
        judged = examiner.judge(kata, source.encode(), with_tests=False, to_the_end=to_the_end)
        return judged.scenarios
    except EngineError:
        raise
    except Exception as error:  # the file of scenarios may raise anything
        return error


@rule
def examination_accepts_the_reference(kata: Kata, examiner: Examiner) -> Iterator[Fault]:
    """Ask that the scenarios can be read and played, and see the same twice."""
    outcome = play(kata, kata.reference_file.read_text(encoding="utf-8"), examiner)
    cure = "mend the scenario, or the reference"
    if isinstance(outcome, Exception):
        yield Fault(kata.exam_file, f"{type(outcome).__name__}: {outcome}", cure)
        return
    if not outcome:
        yield Fault(kata.exam_file, "it has no scenario", "write one: @examines(1)")
    for one in outcome:
        if one.verdict != "passed":
            yield Fault(kata.exam_file, _seen(one), cure)


@rule
def examination_refuses_wrong_answer(
    kata: Kata, answer: Path, outcome: Scenarios | Exception
) -> Iterator[Fault]:
    """Ask that a scenario of its task sees the mistake, or the docstring says why none does."""
    if isinstance(outcome, Exception):
        yield Fault(answer, f"it was not judged: {outcome}", "run the check again")
    elif not differs(kata, answer, outcome) and not why_not_examined(answer):
        cure = "have a scenario see the mistake, or say why in a line 'Not examined: ...'"
        yield Fault(answer, "the examination accepts it", cure)


def differs(kata: Kata, answer: Path, scenarios: Scenarios) -> bool:
    """Say whether a scenario of a task that an answer is wrong in has refused it."""
    own = tasks_of(kata, answer)
    return any(one.verdict != "passed" and own & set(one.tasks) for one in scenarios)


def _seen(one: ScenarioVerdict) -> str:
    first = one.differences[0] if one.differences else None
    said = f"{first.what}: {first.seen}, expected {first.expected}" if first else one.message
    return f"the scenario {one.scenario} refuses the reference: {said}"


def _summary(accepted: list[Path], count: int) -> str:
    said = f"of {count} wrong answers the examination accepts {len(accepted)}"
    reasons = {one.stem: why_not_examined(one) for one in accepted}
    named = [f"{name} ({why})" for name, why in reasons.items() if why]
    return f"{said}, with a reason: {', '.join(named)}" if named else said
