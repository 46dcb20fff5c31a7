"""Run the pristine tests from outside, and watch for signs that a submission has changed its judge.

What they say comes out of a process that the submission shares. So one test among them must fail,
under a name that nobody knows before, and nothing may be told that does not exist.
"""

from __future__ import annotations

import dataclasses
import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dojo.catalog.kata import Kata
from dojo.catalog.verdict import KataVerdict, TestVerdict, read_test
from dojo.exam.marks import Verdict, verdict_of_ending
from dojo.sandbox.client import GuardFault, Sandbox
from dojo.wire.line import LineBroken, LineClosed

# What pytest reads beside the kata's own files; those that a checkout has.
STEERING_FILES = ("conftest.py", "pyproject.toml", "katas/conftest.py")

MOST_TESTS_S = 180.0
_MOST_TESTS = 300  # no kata has a third of that, parameters counted


def canary_name(kata: Kata) -> str:
    """Return a new name for the test that must fail: made of the words of the kata's own tests."""
    words = sorted({word for name in kata.tests for word in name.split("_")[1:]})
    drawn = [secrets.choice(words) for _ in range(4)]
    return "_".join(["test", *drawn, secrets.token_hex(2)])


def write_checkout(checkout: Path, kata: Kata, canary: str) -> None:
    """Write a checkout with nothing but one kata's pristine tests, and the one that must fail."""
    folder = checkout / "katas" / kata.name
    folder.mkdir(parents=True)
    for name in STEERING_FILES:
        if (kata.root / name).exists():
            shutil.copyfile(kata.root / name, checkout / name)
    for path in kata.pack.code:
        copied = checkout / path.relative_to(kata.root)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copied)
    for path in (kata.folder / "kata.toml", kata.stub_file, *kata.data_files):
        shutil.copyfile(path, folder / path.name)
    tests = kata.test_file.read_text(encoding="utf-8")
    text = (
        f"{tests}\n\ndef {canary}(solution):\n"
        f"    assert solution._path.name != {kata.stub_file.name!r}\n"
    )
    (folder / kata.test_file.name).write_text(text, encoding="utf-8")


def worth_running(kata: Kata, hung: set[int]) -> list[str]:
    """Return the tests of a kata that can still tell something, when some of its tasks hang.

    Of those tasks they are the first two's first: each tells where it hung.
    """
    shown = sorted(hung)[:2]
    return [
        name
        for number, task in enumerate(kata.tasks, start=1)
        for name in (task.tests if number not in hung else task.tests[: number in shown])
    ]


def run_tests(
    kata: Kata,
    sandbox: Sandbox,
    canary: str,
    timeout_s: float,
    names: Sequence[str] = (),
    most_s: float = MOST_TESTS_S,
) -> tuple[tuple[TestVerdict, ...], Verdict, str]:
    """Run the pristine tests in a sandbox that holds their checkout.

    Args:
        kata: The kata.
        sandbox: Where the checkout and the submission are.
        canary: The name of the test that must fail.
        timeout_s: What one test has.
        names: The only tests to run, the one that must fail among them; all for no name.
        most_s: What all of them have.

    Returns:
        The tests that ran, the canary left out; how their process ended early, `passed` when it did
        not; what shows that the judge was changed, empty normally.

    Raises:
        GuardFault: They do not run at all.
    """
    told = {"file": f"{kata.slug}.py", "test_timeout_s": timeout_s, "tests": list(names)}
    line = sandbox.start("test", told)
    until = time.monotonic() + most_s
    seen: dict[str, TestVerdict] = {}
    ended: Verdict = "passed"
    tampered = ""
    fault = ""
    try:
        while True:
            message = line.receive(until)
            if "test" in message:
                test = _read_test(message["test"], kata)
                if test.test in seen or len(seen) >= _MOST_TESTS:
                    raise ValueError(f"{test.test} was reported twice, or there are too many")
                seen[test.test] = test
            elif "verdict" in message:
                whole = KataVerdict.from_json(message["verdict"])
                if {(one.test, one.passed) for one in whole.tests} != {
                    (one.test, one.passed) for one in seen.values()
                }:
                    tampered = "the tests' last word is not what they said one by one"
                break
            elif "fault" in message:
                fault = str(message["fault"])
                break
            else:
                raise ValueError(f"it says {', '.join(message)[:100] or 'nothing'}")
    except TimeoutError:
        ended = "timeout"
    except LineClosed:
        pass
    except (LineBroken, TypeError, ValueError) as error:
        tampered = f"a report that is none: {error}"
    ending = sandbox.end(grace_s=0.0 if ended == "timeout" else 2.0)
    line.close()
    if ended == "passed" and not tampered and canary not in seen:
        if ending.kind not in ("exited", "stopped"):
            ended = verdict_of_ending(ending)
        elif fault and not seen:
            raise GuardFault(f"the tests of {kata.id} do not run: {fault[-300:]}")
        elif not seen:
            ended = "exited"
    bird = seen.pop(canary, None)
    if bird is not None and bird.passed:
        tampered = "a test that must fail was reported green"
    unknown = sorted(name for name in seen if kata.task_number_of(name) is None)
    if unknown:
        tampered = f"a test was reported that does not exist: {unknown[0][:80]}"
    return tuple(seen.values()), ended, tampered


def _read_test(told: Any, kata: Kata) -> TestVerdict:
    test = read_test(told)
    if test.passed != (test.cause == "passed"):
        raise ValueError(f"{test.test} passed: {test.passed}, cause: {test.cause}")
    if test.passed and test.ending is not None:
        raise ValueError(f"{test.test} passed, and ended: {test.ending.kind}")
    return dataclasses.replace(test, task=kata.task_number_of(test.test))
