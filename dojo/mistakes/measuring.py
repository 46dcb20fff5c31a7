"""Run all tests of a kata on its planted wrong answers, four at a time, and keep what is red.

In the command's process; each run is a fork of its warm parent.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from dojo.catalog.answers import as_one_file, mistake_of, refusing_tests
from dojo.catalog.kata import Kata
from dojo.engines.templates import EngineError
from dojo.ground.safe_text import one_line
from dojo.mistakes.measures import Measure, Measures, digest_of_tests, digests_of
from dojo.mistakes.recognise import NO_MISTAKE
from dojo.warm import Warm

PARALLEL_RUNS = 4  # on two cores: a wrong answer often only waits


class NotMeasured(Exception):
    """An answer has no measure; the message says why."""


def measure_all(
    answers: Sequence[tuple[Kata, Path]],
    measures: Measures,
    warm: Warm,
    on_done: Callable[[Kata, Path, str], None],
) -> None:
    """Measure wrong answers; each is kept as soon as it is measured.

    Args:
        answers: Each with its kata.
        measures: Where they are kept.
        warm: Runs them; is closed when this is interrupted.
        on_done: Is called with each answer that was run and why it has no measure, else "".

    Raises:
        CannotKeep: Measures cannot be written.
    """
    broken: dict[str, str] = {}

    def run(kata: Kata, answer: Path) -> Measure:
        if kata.id not in broken:
            try:
                return measure(warm, kata, answer)
            except EngineError as error:  # nor will it start for the kata's other answers
                broken[kata.id] = str(error)
        raise NotMeasured(broken[kata.id])

    pool = ThreadPoolExecutor(PARALLEL_RUNS, thread_name_prefix="dojo-mistakes")
    runs = {pool.submit(run, kata, answer): (kata, answer) for kata, answer in answers}
    try:
        for done in as_completed(runs):
            kata, answer = runs[done]
            why = ""
            try:
                measures.keep(kata, {answer.stem: done.result()})
            except NotMeasured as error:
                why = str(error)
            on_done(kata, answer, why)
    except BaseException:
        warm.close()  # what is running ends at once
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def measure(warm: Warm, kata: Kata, answer: Path) -> Measure:
    """Run all tests of a kata on one wrong answer, appended to the reference.

    Raises:
        NotMeasured: There is no verdict, or it is not that of the tests which the answer names.
        EngineError: The parent or an engine does not start.
    """
    # Before it runs: what changes meanwhile is measured again.
    of, tests = digests_of(kata)[answer.stem], digest_of_tests(kata)
    with tempfile.TemporaryDirectory(prefix="dojo-mistake-") as name:
        whole = Path(name) / f"{kata.slug}.py"
        whole.write_text(as_one_file(kata, answer), encoding="utf-8")
        verdict = warm.run(kata, str(whole), all_tasks=True)
    if verdict.fault:
        raise NotMeasured(verdict.fault)
    refused_by = {
        test.test.split("[", 1)[0] for test in verdict.red if test.cause not in NO_MISTAKE
    }
    if not (named := refusing_tests(answer)) or not named <= refused_by:
        said = "".join(f"; {one.test}: {one_line(one.message, 200)}" for one in verdict.red[:1])
        raise NotMeasured(f"the tests that it names do not refuse it{said}")
    red = tuple(test.test for test in verdict.red)
    return Measure(of=of, red=red, said=mistake_of(answer), tests=tests)
