"""Check the verdicts on stub, reference and planted answers: red and green for the right reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dojo.author.finding import Fault, rule
from dojo.catalog.answers import refusing_tests, tasks_of
from dojo.catalog.kata import Kata
from dojo.catalog.verdict import KataVerdict, TestVerdict

_OF_NO_MISTAKE = ("import", "missing", "fixture", "skipped")


@rule
def stub_is_red_for_a_reason_of_its_own(kata: Kata, verdict: KataVerdict) -> Iterator[Fault]:
    """Ask that each test is red on the stub: nothing is written, or at its own assertion."""
    if verdict.fault:
        yield _no_verdict(kata.stub_file, verdict)
        return
    ran = {_name(test) for test in verdict.tests}
    for name in sorted(set(kata.tests) - ran):
        yield Fault(kata.test_file, f"{name} did not run", "see that pytest collects it")
    for name in sorted(ran - set(kata.tests)):
        yield Fault(kata.test_file, f"{name} ran", "list it in kata.toml, under its task")
    for test in verdict.tests:
        if test.passed:
            cure = "have it fail where nothing is written"
            yield Fault(kata.test_file, f"{test.test} is green on the stub", cure)
        elif test.cause not in ("stub", "assertion"):
            cure = "have it fail at NotImplementedError, or at its own assertion"
            yield Fault(kata.test_file, f"on the stub {_said(test)}", cure)


@rule
def reference_is_green(kata: Kata, verdict: KataVerdict) -> Iterator[Fault]:
    """Ask that all tests of all tasks are green on the reference."""
    if verdict.fault:
        yield _no_verdict(kata.reference_file, verdict)
        return
    for test in verdict.red:
        yield Fault(kata.reference_file, _said(test), "mend the reference, or the test")
    reds = {test.task for test in verdict.red}
    for number in range(1, len(kata.tasks) + 1):
        if number not in reds and number not in verdict.solved_tasks(kata):
            seen = f"not every test of task {number} ran"
            yield Fault(kata.test_file, seen, "see that pytest collects them")


@rule
def wrong_answer_is_refused_by_its_test(
    kata: Kata, answer: Path, verdict: KataVerdict
) -> Iterator[Fault]:
    """Ask that the tests that it names refuse it, for what it does, and those of no other task."""
    named = refusing_tests(answer)
    if not named:
        cure = "write a line 'Refused by: test_name' into it"
        yield Fault(answer, "its docstring names no test", cure)
        return
    if unknown := ", ".join(sorted(named - set(kata.tests))):
        cure = f"name some of: {', '.join(kata.tests)}"
        yield Fault(answer, f"its docstring names {unknown}, which there is not", cure)
        return
    if verdict.fault:
        yield _no_verdict(answer, verdict)
        return
    red = {_name(test): test for test in verdict.red}
    for name in sorted(named - red.keys()):
        cure = "have that test see the mistake, or name the one that does"
        yield Fault(answer, f"{name} accepts it", cure)
    own = tasks_of(kata, answer)
    for test in red.values():
        if test.cause in _OF_NO_MISTAKE:
            yield Fault(answer, _said(test), "have it run, and be wrong")
        if test.task not in own:
            cure = "have it break no other task, or name the tests of all it breaks"
            yield Fault(answer, f"it also breaks task {test.task}: {_said(test)}", cure)


@rule
def right_answer_is_accepted(kata: Kata, answer: Path, verdict: KataVerdict) -> Iterator[Fault]:
    """Ask that no test refuses an honest solution."""
    del kata
    if verdict.fault:
        yield _no_verdict(answer, verdict)
    for test in verdict.red:
        yield Fault(answer, _said(test), "have the test accept it, or mend the answer")


def _name(test: TestVerdict) -> str:
    return test.test.split("[", 1)[0]


def _said(test: TestVerdict) -> str:
    return f"{test.test} is red ({test.cause}): {test.message}"


def _no_verdict(path: Path, verdict: KataVerdict) -> Fault:
    cure = "mend the kata's tests; 'dojo doctor' says whether it is this machine"
    return Fault(path, f"the run gave no verdict: {verdict.fault}", cure)
