"""Collect what the tests of a session said, kata by kata."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dojo.catalog.attempts import log_attempt
from dojo.catalog.kata import Kata, find_kata
from dojo.catalog.progress import fingerprint, is_complete, record_progress
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.place.state import spoken
from dojo.running.outcome import verdict_of
from dojo.running.session import KataRun

Listener = Callable[[Kata, TestVerdict], None]


class Recorder:
    """Listens to reports: its own process's, or those that xdist's workers send."""

    def __init__(self, run: KataRun, verdict_file: str | None) -> None:
        """Start without tests.

        Args:
            run: The session's state.
            verdict_file: Where to write one line of JSON a kata at the end.
        """
        self._run = run
        self._file = Path(verdict_file) if verdict_file else None
        self._started = time.perf_counter()
        # By worker too: with `--dist each` two of them run the same test, side by side.
        self._reports: dict[tuple[str | None, str], list[pytest.TestReport]] = {}
        self._tests: dict[str, list[TestVerdict]] = {}
        self._listeners: list[Listener] = []
        self._waiting: set[str] = set()
        # Of the files as they are now: one that is saved during the run was not tested.
        self._files = {kata.id: fingerprint(kata) for kata in run.katas}

    def listen(self, listener: Listener) -> None:
        """Call `listener` with every verdict as soon as it is there."""
        self._listeners.append(listener)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather set-up, call and tear-down of one test."""
        kata = self._kata_of(report.nodeid)
        if kata is None:
            return
        run = (getattr(report, "worker_id", None), report.nodeid)
        self._reports.setdefault(run, []).append(report)
        if report.when == "teardown":
            verdict = verdict_of(self._reports.pop(run), kata)
            self._tests.setdefault(kata.id, []).append(verdict)
            for listener in self._listeners:
                listener(kata, verdict)

    def leaves_out(self, test: str, kata: Kata) -> bool:
        """Say whether a test is not to run: an earlier task of a kata in order is red.

        What was asked for by its task's number does not wait. With `--one-red`, neither does a
        test run that is red already, with another of its parameters.
        """
        asks = self._run.config.getoption
        failed = [one for one in self._tests.get(kata.id, []) if not one.passed]
        if asks("one_red") and test.split("[", 1)[0] in {
            one.test.split("[", 1)[0] for one in failed
        }:
            return True
        return self._must_wait(kata, kata.task_number_of(test))

    def _must_wait(self, kata: Kata, task: int | None) -> bool:
        """Say whether a task waits for an earlier one that is red, and remember if it does."""
        asks = self._run.config.getoption
        if not kata.in_order or asks("task") or asks("all_tasks"):
            return False
        red = [one.task for one in self._tests.get(kata.id, []) if one.task and not one.passed]
        must = bool(red) and (task or 0) > min(red)
        if must:
            self._waiting.add(kata.id)
        return must

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which tasks wait, and how to run their tests all the same."""
        for verdict in self.verdicts():
            kata = find_kata(self._run.katas, verdict.kata)
            if kata.id in self._waiting:
                said = verdict.describe_waiting(kata)
                line = f"{kata.id}: {said}; --all-tasks runs them now"
                terminalreporter.write_line(spoken(line))

    def pytest_sessionfinish(self) -> None:
        """Write the verdicts and the learner's progress."""
        verdicts = self.verdicts()
        if self._file is not None:
            lines = "".join(f"{one.to_json()}\n" for one in verdicts or self._faults())
            self._file.write_text(lines, encoding="utf-8")
        if self._run.solutions.spec == "learner":
            for verdict in verdicts:
                kata = find_kata(self._run.katas, verdict.kata)
                record_progress(kata, verdict, self._files[kata.id])
                if is_complete(kata, verdict):
                    log_attempt(kata, verdict)

    def _faults(self) -> list[KataVerdict]:
        """Return one record a kata of why no test has run, if an engine does not start."""
        spec, fault = self._run.solutions.spec, self._run.fault
        return [KataVerdict(one.id, spec, (), 0.0, fault) for one in self._run.katas if fault]

    def verdicts(self) -> list[KataVerdict]:
        """Return one record a kata of which a test has ended.

        What waits is not in it, also where it has run: xdist's workers know of no other's red test.
        """
        seconds = round(time.perf_counter() - self._started, 3)
        spec = self._run.solutions.spec
        found = []
        for kata in self._run.katas:
            if kata.id in self._tests:
                tests = [one for one in self._tests[kata.id] if not self._must_wait(kata, one.task)]
                found.append(KataVerdict(kata.id, spec, _in_order(kata, tests), seconds))
        return found

    def _kata_of(self, nodeid: str) -> Kata | None:
        return self._run.kata_of_test_file(self._run.config.rootpath / nodeid.split("::", 1)[0])


def _in_order(kata: Kata, tests: list[TestVerdict]) -> tuple[TestVerdict, ...]:
    """Sort tests as the catalogue lists them: xdist's workers report in any order."""
    place = {name: index for index, name in enumerate(kata.tests)}
    return tuple(sorted(tests, key=lambda one: place.get(one.test.split("[", 1)[0], len(place))))
