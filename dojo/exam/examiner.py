"""Judge one submission twice: by the pristine tests, and by what is seen from outside.

Both happen in one sandbox with engines of its own, which dies afterwards. Scenarios come first;
the reference has done the same ones in another sandbox.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import inspect
import math
import random
import shutil
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from dojo.catalog.halves import INSIDE, load_half
from dojo.catalog.kata import Kata
from dojo.engines import for_solution
from dojo.exam.compare import compare
from dojo.exam.marks import Difference, Judged, ScenarioVerdict, Verdict
from dojo.exam.outside_api import Host
from dojo.exam.stage import Desk, Scenario
from dojo.exam.submission_process import Died, Held
from dojo.exam.tests_outside import (
    MOST_TESTS_S,
    canary_name,
    run_tests,
    worth_running,
    write_checkout,
)
from dojo.ground.safe_text import shorten
from dojo.sandbox.client import GuardFault, Sandbox
from dojo.sandbox.parent_client import Parent

_TEST_TIMEOUT_S = 20.0
# After how many tasks that came to no end a call, and a test, has how long.
_AFTER_A_HANG_S = (5.0, 2.0)
# Who is slow in each call comes to an end in none. So a scenario may take little more than a call
# may, or so much longer than the reference: a neighbour that fills the machine costs nobody that.
_CALLS, _TIMES, _TIMES_AFTER_A_HANG, _TIMES_OF_TESTS = 1.5, 12, 6, 6
_LEAST_FOR_TESTS_S, _LEAST_AFTER_A_HANG_S = 90.0, 20.0
_NOT_PLAYED = "not played: another scenario of the same task came to no end"


class Broke(Exception):
    """The judging failed while the submission ran: perhaps by the submission's doing.

    Attributes:
        log: How the log of what failed ends; empty without. Not for whoever handed that in.
    """

    def __init__(self, why: str, log: str = "") -> None:
        """Say why."""
        super().__init__(why)
        self.log = log


class Examiner:
    """Judges submissions with one seed; may be used from several threads."""

    def __init__(self, parent: Parent, seed: str) -> None:
        """Remember the sandboxes' parent, and the seed that all draws come from."""
        self._parent, self._seed = parent, seed
        self._expected: dict[tuple[str, str], dict[str, Any]] = {}
        self._took_s: dict[tuple[str, str], float] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def judge(
        self, kata: Kata, content: bytes, *, with_tests: bool = True, to_the_end: bool = True
    ) -> Judged:
        """Judge one file.

        Args:
            kata: The kata.
            content: The submission.
            with_tests: Whether the tests run too; an author asks what the examination alone sees.
            to_the_end: Whether all scenarios are played, and not those up to the first refusal.

        Returns:
            What tests and examination said.

        Raises:
            Broke: Something failed after the submission was there.
            Exception: The grader's own machinery failed before that.
        """
        expected = self._expected_of(kata)
        canary = canary_name(kata)
        is_there = False
        try:
            with self._sandbox(kata, content, canary) as (sandbox, host):
                is_there = True
                how = (with_tests, to_the_end)
                return self._judge_in(sandbox, host, kata, canary, expected, *how)
        except Exception as error:
            if not is_there:
                raise
            said, log = (error.why, error.log) if isinstance(error, GuardFault) else (error, "")
            raise Broke(f"{type(error).__name__}: {said}", log) from error

    def _judge_in(
        self,
        sandbox: Sandbox,
        host: Host,
        kata: Kata,
        canary: str,
        expected: dict[str, dict[str, Any]],
        with_tests: bool,
        to_the_end: bool,
    ) -> Judged:
        scenarios: list[ScenarioVerdict] = []
        hung: dict[int, ScenarioVerdict] = {}
        for name, scenario, desk in self._desks(kata, sandbox, host, hung):
            again = {"scenario": name, "tasks": tasks_of(scenario), "seconds": 0.0}
            if scenarios and scenarios[-1].at_import:  # nor will it be imported the next time
                scenarios.append(scenarios[-1].model_copy(update=again))
                continue
            if all(task in hung for task in tasks_of(scenario)):  # lost; each hang costs a wait
                lost = hung[tasks_of(scenario)[0]]
                scenarios.append(lost.model_copy(update={**again, "message": _NOT_PLAYED}))
                continue
            scenarios.append(_examine(name, scenario, desk, expected[name]))
            if not to_the_end and scenarios[-1].verdict != "passed":
                break
            if scenarios[-1].verdict == "timeout":  # one hang costs a whole wait, not each
                hung |= dict.fromkeys(tasks_of(scenario), scenarios[-1])
        if not with_tests:
            return Judged((), tuple(scenarios))
        timeout_s = _AFTER_A_HANG_S[0] if hung else _TEST_TIMEOUT_S
        names = [*worth_running(kata, set(hung)), canary] if hung else []
        took_s = sum(self._took_s.get((kata.id, name), 0.0) for name in expected)
        least_s = _LEAST_AFTER_A_HANG_S if hung else _LEAST_FOR_TESTS_S
        most_s = min(max(_TIMES_OF_TESTS * took_s, least_s), MOST_TESTS_S)
        said, ended, tampered = run_tests(kata, sandbox, canary, timeout_s, names, most_s)
        return Judged(said, tuple(scenarios), ended, tampered)

    def aloud(self, kata: Kata, content: bytes) -> Iterator[tuple[str, Scenario, Desk]]:
        """Yield each scenario with a desk of a solution's, nothing played: for who looks on."""
        with self._sandbox(kata, content, canary_name(kata)) as (sandbox, host):
            sandbox.aloud = True
            yield from self._desks(kata, sandbox, host, {})

    def reference_passes(self, kata: Kata) -> bool:
        """Say whether the reference passes here and now; never from memory: a disk fills up."""
        try:
            return self.judge(kata, kata.reference_file.read_bytes()).verdict == "passed"
        except Exception:
            return False

    def _expected_of(self, kata: Kata) -> dict[str, dict[str, Any]]:
        """Return the reference's evidence, gathered once."""
        scenarios = scenarios_of(kata)
        with self._lock:
            lock = self._locks.setdefault(kata.id, threading.Lock())
        with lock:
            if any((kata.id, name) not in self._expected for name in scenarios):
                content = kata.reference_file.read_bytes()
                with self._sandbox(kata, content, canary_name(kata)) as (sandbox, host):
                    for name, scenario, desk in self._desks(kata, sandbox, host, {}):
                        began = time.monotonic()
                        _have_reference_play(kata, name, scenario, desk)
                        self._expected[kata.id, name] = desk.evidence
                        self._took_s[kata.id, name] = time.monotonic() - began
        return {name: self._expected[kata.id, name] for name in scenarios}

    @contextlib.contextmanager
    def _sandbox(self, kata: Kata, content: bytes, canary: str) -> Iterator[tuple[Sandbox, Host]]:
        """Open a sandbox with a submission in it, and the outside API at its door."""

        def fill(given: Path) -> None:
            (given / f"{kata.slug}.py").write_bytes(content)
            write_checkout(given / "checkout", kata, canary)
            if kata.inside_file.exists():
                (given / INSIDE).parent.mkdir()
                shutil.copyfile(kata.inside_file, given / INSIDE)

        with self._parent.sandbox(fill, for_solution(kata, content)) as sandbox:
            assert sandbox.api_socket is not None
            host = Host(sandbox.api_socket, sandbox.keeper)
            try:
                yield sandbox, host
            finally:
                host.close()

    def _desks(
        self, kata: Kata, sandbox: Sandbox, host: Host, hung: Collection[int]
    ) -> Iterator[tuple[str, Scenario, Desk]]:
        """Give each scenario its desk; those of the same tasks take turns in one process.

        Args:
            kata: The kata.
            sandbox: Where the submission is.
            host: Serves its API.
            hung: The tasks that came to no end so far; whoever takes the desks adds to it.
        """
        held = Held(sandbox, f"{kata.slug}.py", kata.lifts)
        tasks: tuple[int, ...] = ()
        for name, scenario in scenarios_of(kata).items():
            if tasks_of(scenario) != tasks:
                held.end()
            tasks = tasks_of(scenario)
            draws = random.Random(f"{self._seed}/{kata.id}/{name}")
            took_s = self._took_s.get((kata.id, name), math.inf)  # infinite: it is the reference
            wall_s = self._parent.limits.wall_s
            most_s = max(_CALLS * wall_s, _TIMES * took_s)
            if hung:
                short_s = _AFTER_A_HANG_S[min(len(hung), len(_AFTER_A_HANG_S)) - 1]
                most_s = max(short_s, _TIMES_AFTER_A_HANG * took_s)
                sandbox.limits = dataclasses.replace(sandbox.limits, wall_s=min(wall_s, most_s))
            yield name, scenario, Desk(sandbox, host, held, draws, most_s)
        held.end()


def _have_reference_play(kata: Kata, name: str, scenario: Scenario, desk: Desk) -> None:
    """Have the reference play a scenario: any failure is the grader's own."""
    try:
        scenario(desk)
        if unasked := desk.unasked + desk.unnoted:
            first = unasked[0]
            raise ValueError(f"it raised {first.raised}: {first.text} {first.where}")
    except Exception as error:
        raise GuardFault(
            f"the reference of {kata.id} fails the scenario {name!r}:"
            f" {type(error).__name__}: {error}"
        ) from error


def _examine(
    name: str, scenario: Scenario, desk: Desk, expected: dict[str, Any]
) -> ScenarioVerdict:
    """Have the submission play a scenario; compare what it came to with the reference's."""
    started = time.perf_counter()
    verdict: Verdict = "passed"
    message = ""
    at_import = False
    differences: tuple[Difference, ...] = ()
    try:
        scenario(desk)
        differences = compare(desk.evidence, expected)
    except Died as died:
        verdict, message, at_import = died.verdict, died.message, died.at_import
    except (GuardFault, OSError, MemoryError, SystemError):
        raise  # perhaps the machine's, or Python's own: the grader finds out
    except Exception as error:
        # The reference came through the same lines: what was returned is not what they read.
        verdict = "wrong"
        said = shorten(f"{type(error).__name__}: {error}", 450)
        message = f"what it returned has another shape ({said})"
    if differences:
        verdict = "wrong"
        for first in desk.unasked[:1]:
            if first.raised not in ("NotImplementedError", "missing"):
                verdict = "raised"
            message = shorten(f"{first.raised}: {first.text} {first.where}".strip(), 500)
    return ScenarioVerdict(
        scenario=name,
        tasks=tasks_of(scenario),
        verdict=verdict,
        message=message,
        differences=differences,
        at_import=at_import,
        seconds=round(time.perf_counter() - started, 3),
        replay="" if verdict == "passed" else desk.replay(name),
    )


def scenarios_of(kata: Kata) -> dict[str, Scenario]:
    """Return a kata's scenarios by name, in the order of their file; empty when it has none."""
    if not kata.exam_file.exists():
        return {}
    return _scenarios_in(kata.exam_file, f"kata_exam_{kata.name}")


@functools.cache
def _scenarios_in(exam_file: Path, name: str) -> dict[str, Scenario]:
    """Load a file of scenarios: once a process; `grading/binding` notices when it has changed."""
    return {
        name: function
        for name, function in vars(load_half(exam_file, name)).items()
        if inspect.isfunction(function) and hasattr(function, "tasks")
    }


def tasks_of(scenario: Scenario) -> tuple[int, ...]:
    """Return the numbers of the tasks that a scenario examines."""
    tasks: tuple[int, ...] = scenario.tasks  # type: ignore[attr-defined]
    return tasks


def unexamined_tasks(kata: Kata) -> Iterator[int]:
    """Yield the numbers of the tasks that no scenario examines."""
    examined = {number for one in scenarios_of(kata).values() for number in tasks_of(one)}
    yield from (n for n in range(1, len(kata.tasks) + 1) if n not in examined)
