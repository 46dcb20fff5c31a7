"""Check katas by all rules, one after the other; what needs a run is running meanwhile."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from dojo.author import files, promises, replayed, standalone, translated, verdicts
from dojo.author.examined import check_examinations
from dojo.author.finding import Finding, Note
from dojo.author.mutants.check import MOST, judge_mutants, listed_survivors_are_mutants
from dojo.author.runs import REFERENCE, STUB, Runs
from dojo.catalog.answers import answer_files
from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import Kata
from dojo.warm import Warm


def check_katas(
    root: Path,
    katas: list[Kata],
    *,
    whole: bool = False,
    exam: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Finding | Note]:
    """Check some katas of a checkout.

    Args:
        root: The checkout.
        katas: Which.
        whole: Whether each wrong answer is judged by all tests, and must leave other tasks alone.
        exam: Whether the examination alone must refuse the wrong answers too.
        say: Is told why something takes a while.

    Yields:
        What is wrong, and what an author should know, as it comes.

    Raises:
        EngineError: An engine does not start.
        SandboxError: With `exam`: this machine cannot build walls.
    """
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="dojo-check-"))
        warm = Warm(root, say)
        runs = Runs(warm, Path(folder), whole=whole)
        stack.callback(runs.close)
        stack.callback(warm.close)  # first: then whatever runs comes to its end
        running = [kata for kata in katas if _can_run(kata)]
        for kata in running:  # the longest begin first
            runs.prepare_standalone(kata)
        for kata in running:
            runs.prepare(kata, STUB)
            runs.prepare(kata, REFERENCE)
            for answer in (
                *files.answers_to_run(kata, "wrong"),
                *files.answers_to_run(kata, "right"),
            ):
                runs.prepare(kata, answer)
        for kata in katas:
            yield from check_files(kata)
        if running:
            done = standalone.collect(root, running)
            yield from standalone.all_katas_can_be_collected_in_a_process_of_their_own(
                root, running, done
            )
        for kata in running:
            yield from _check_runs(kata, runs)
    if exam:
        yield from check_examinations(root, running)


def check_mutants(
    root: Path,
    katas: list[Kata],
    *,
    exam: bool = False,
    most: int = MOST,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Finding | Note]:
    """Check the files of some katas, and what judges them: by mutants in place of answers.

    Args:
        root: The checkout.
        katas: Which.
        exam: Whether the examination alone judges the mutants too.
        most: How many mutants of each kata; 0 for all.
        say: Is told why something takes a while.

    Yields:
        As `check_katas`, and the scores.

    Raises:
        EngineError: An engine does not start.
        SandboxError: With `exam`: this machine cannot build walls.
    """
    for kata in katas:
        yield from check_files(kata)
    running = [kata for kata in katas if _can_run(kata)]
    yield from judge_mutants(root, running, exam=exam, most=most, say=say)


def check_files(kata: Kata) -> Iterator[Finding | Note]:
    """Check what can be read; nothing of the kata is run."""
    yield from files.kata_has_all_its_files(kata)
    yield from files.kata_has_enough_answers(kata)
    yield from files.every_test_is_listed_under_a_task(kata)
    yield from files.lifted_law_exists_and_has_a_reason(kata)
    yield from files.both_lessons_show_the_same_code(kata)
    yield from files.nothing_is_left_to_write(kata)
    yield from promises.stub_and_reference_promise_the_same(kata)
    yield from translated.messages_are_translated(kata)
    yield from listed_survivors_are_mutants(kata)
    for path in (*answer_files(kata, "wrong"), *answer_files(kata, "right")):
        yield from files.answer_can_be_read(kata, path)
    if _can_run(kata) and promises.is_filled(kata):
        yield Note(kata.id, "the stub is proved as in the last commit, not as it is here")


def _check_runs(kata: Kata, runs: Runs) -> Iterator[Finding]:
    yield from verdicts.stub_is_red_for_a_reason_of_its_own(kata, runs.of(kata, STUB))
    reference = runs.of(kata, REFERENCE)
    yield from verdicts.reference_is_green(kata, reference)
    if reference.solved:
        yield from replayed.kept_replay_is_that_of_the_reference(kata, runs.recorded(kata))
    for answer in files.answers_to_run(kata, "wrong"):
        verdict = runs.of(kata, answer)
        yield from verdicts.wrong_answer_is_refused_by_its_test(kata, answer, verdict)
    for answer in files.answers_to_run(kata, "right"):
        yield from verdicts.right_answer_is_accepted(kata, answer, runs.of(kata, answer))
    done = runs.standalone(kata)
    yield from standalone.reference_runs_by_itself(kata, done, runs.home_of(kata))


def _can_run(kata: Kata) -> bool:
    """Say whether there is all that a run needs; what is missing is a finding of its own."""
    try:
        handed_out(kata.stub_file)
    except OSError:
        return False
    return kata.test_file.is_file() and kata.reference_file.is_file()
