"""Run each kata test in a child process, and report what the child no longer can."""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path

import pytest

from dojo.catalog.kata import Kata
from dojo.ground.endings import Ending
from dojo.ground.run_folder import CAN_FORK
from dojo.running.child import stack_file
from dojo.running.children import Broken, Child, fork_child, spawn_child, times_longer
from dojo.running.outcome import broken_run_reports
from dojo.running.session import KataRun

_AFTER_A_HANG_S = 6.0


class Supervisor:
    """Runs kata tests in a child; starts another when the solution has broken it."""

    def __init__(self, run: KataRun, session: pytest.Session) -> None:
        """Start nothing yet."""
        self._run = run
        self._session = session
        self._child: Child | None = None
        asked = os.environ.get("DOJO_TEST_TIMEOUT")
        self._timeout_s = float(asked or 30)
        self._is_asked = bool(asked)
        self._times = 1.0
        # A kata whose import broke the process: every further test would break it the same way.
        self._broken_imports: dict[str, Broken] = {}

    def reports_of(
        self, item: pytest.Item, following: pytest.Item | None, kata: Kata
    ) -> list[pytest.TestReport]:
        """Run one test.

        Args:
            item: The test.
            following: The next one that will be asked for; its fixtures are kept.
            kata: The kata it belongs to.

        Returns:
            The child's reports, or ours when it broke.
        """
        assert self._run.room is not None
        started = time.perf_counter()
        known = self._broken_imports.get(kata.id)
        if known is not None:
            return _reports(item, kata, known, 0.0, "")
        child = self._child = self._child or self._start_child()
        try:
            told = child.ask(item.nodeid, following.nodeid if following else "", self._limit_s)
            return child.read(told, item)
        except Broken as broken:
            self._child = None
            if broken.cause == "hang":
                stack = stack_file(self._run.room, child.pid)
                ending = Ending("timeout", limit_s=round(self._limit_s, 1))
                message = _describe_hang(ending, stack, self._run.solutions.file_of(kata))
                broken = Broken("hang", message, ending)
                self._timeout_s = min(self._timeout_s, _AFTER_A_HANG_S)
            if child.importing:
                message = f"While your file was imported: {broken.message}"
                broken = Broken("import", message, broken.ending)
                self._broken_imports[kata.id] = broken
            seconds = time.perf_counter() - started
            return _reports(item, kata, broken, seconds, self._read_output())

    @property
    def _limit_s(self) -> float:
        """Return what a test has: what somebody asked for as it is, else more if all is slow."""
        return self._timeout_s * self._times

    def stop(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _start_child(self) -> Child:
        room = self._run.room
        assert room is not None
        self._times = 1.0 if self._is_asked else times_longer()
        if not CAN_FORK:
            return spawn_child(self._run, self._session, room)
        self._run.limit_s = self._limit_s  # the fork knows it
        return fork_child(self._session, room, max(self._limit_s - 0.5, 0.5))

    def _read_output(self) -> str:
        """Return what the broken test printed: the capture file is shared with the child."""
        capture = self._session.config.pluginmanager.getplugin("capturemanager")
        if capture is None or not capture.is_globally_capturing():
            return ""
        with contextlib.suppress(Exception):
            printed, _ = capture.read_global_capture()
            return str(printed)
        return ""


def _reports(
    item: pytest.Item, kata: Kata, broken: Broken, seconds: float, printed: str
) -> list[pytest.TestReport]:
    return broken_run_reports(
        item, kata, broken.cause, broken.message, broken.ending, seconds, printed
    )


def _describe_hang(ending: Ending, stack: Path, solution: Path) -> str:
    message = ending.told_to_author
    with contextlib.suppress(OSError):
        for line in stack.read_text(errors="replace").splitlines():
            found = re.search(r'File "([^"]+)", line (\d+) in (\S+)', line)
            if found and found[1] == str(solution):
                return f"{message} It was at {solution.name}, line {found[2]}, in {found[3]}."
    return f"{message} Look for a loop whose condition never changes, or a wait on nobody."
