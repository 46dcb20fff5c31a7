"""What the examination of 06_subflows has run inside, with the submission."""

from __future__ import annotations

import contextvars
import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

_PATIENCE_S = 5.0
_THEN_NS = 1_700_000_000_000_000_000


class _Meeting:
    """Sees whether two files are open at once: who opens one waits for the other."""

    def __init__(self, paths: list[str]) -> None:
        self.took_place = False
        self.over = False
        self.awaited = {os.path.abspath(path) for path in paths}
        self._barrier = threading.Barrier(2)
        self._lock = threading.Lock()

    def hear(self, path: str) -> None:
        """Be told of a file that is opened, in the thread that opens it."""
        with self._lock:
            if self.over or path not in self.awaited:
                return
            self.awaited.remove(path)
        try:
            self._barrier.wait(_PATIENCE_S)
            self.took_place = True
        except threading.BrokenBarrierError:
            pass  # nobody came


class _Hold:
    """Holds whoever opens a file until it is let go."""

    def __init__(self, path: str) -> None:
        self.is_held = False
        self.over = False
        self.begun, self.enough = threading.Event(), threading.Event()
        self._path = os.path.abspath(path)

    def hear(self, path: str) -> None:
        """Be told of a file that is opened, in the thread that opens it."""
        if self.over or path != self._path:
            return
        self.is_held = True
        self.begun.set()
        self.enough.wait(4 * _PATIENCE_S)
        self.is_held = False

    def end(self) -> None:
        """Let go."""
        self.over = True
        self.begun.set()
        self.enough.set()


def _tell(*listeners: Any) -> None:
    def hear(event: str, details: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(details[0], str | bytes):
            path = os.path.abspath(os.fsdecode(details[0]))
            for one in listeners:
                one.hear(path)

    sys.addaudithook(hear)  # it cannot be taken away, and ends with the process


def _ending_of(solution: Any, paths: list[str], statistics: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"returned": solution.drift_report(*paths, statistics), "error": ""}
    except Exception as error:
        return {"returned": None, "error": f"{type(error).__name__}: {error}"[:1000]}


def put(_: Any, folder: Path, name: str, text: str) -> str:
    """Write a file that has the same time whenever it is written; return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    os.utime(path, ns=(_THEN_NS, _THEN_NS))
    return str(path)


def prepare_long(solution: Any, folder: Path, count: int, calls: int) -> dict[str, Any]:
    """Prepare many customers, the last of whom alone has called, and has a contract of their own.

    Returns:
        How many `rows`, the `columns`, the `last` one's calls, the `size` of the statistics; and
        `again`, how many rows there are with these statistics.
    """
    path = folder / "long.csv"
    lines = [f"{number},12,40.5,0,one year,0" for number in range(1, count)]
    head = "customer_id,tenure_months,monthly_charges,support_calls,contract,churned"
    path.write_text("\n".join([head, *lines, f"{count},12,40.5,{calls},two years,1"]))
    features, learnt = solution.data_preparation(str(path))
    again, _ = solution.data_preparation(str(path), learnt)
    return {
        "rows": len(features),
        "columns": list(features),
        "last": float(features["support_calls"].iloc[-1]),
        "size": len(json.dumps(learnt)),
        "again": len(again),
    }


def report(
    solution: Any, folder: Path, paths: list[str], statistics: dict[str, Any]
) -> dict[str, Any]:
    """Ask for a report; each wait that has a limit is over at once.

    Args:
        solution: The submission.
        folder: Where it may write.
        paths: Tonight's file, and the one to compare with.
        statistics: Of the training.

    Returns:
        `returned` and `error`; `met`: whether both files were open at once.
    """
    from dojo.world.impatience import impatience

    del folder
    meeting = _Meeting(paths)
    _tell(meeting)
    with impatience():
        ending = _ending_of(solution, paths, statistics)
    meeting.over = True
    return {**ending, "met": meeting.took_place}


def two_reports(
    solution: Any,
    folder: Path,
    paths: list[str],
    slow: str,
    others: list[str],
    statistics: dict[str, Any],
) -> dict[str, Any]:
    """Ask for a report, one file of which is slow, and meanwhile for another one.

    Returns:
        How both have ended; `met`: whether the second one's files were open at once; `left`:
        whether the slow file was still being read when the first report was over.
    """
    del folder
    hold, meeting = _Hold(slow), _Meeting(others)
    # The broken file is not read before the slow one: whose child fails first may end the other.
    both = _Meeting(paths)
    _tell(both, hold, meeting)

    def meanwhile() -> dict[str, Any]:
        hold.begun.wait(2 * _PATIENCE_S)
        try:
            if hold.over:
                return {"returned": None, "error": "the slow file was never read"}
            return _ending_of(solution, others, statistics)
        finally:
            hold.enough.set()

    with ThreadPoolExecutor(1) as pool:
        # The engine's settings are in the context.
        asked = pool.submit(contextvars.copy_context().run, meanwhile)
        first = _ending_of(solution, paths, statistics)
        left = hold.is_held
        hold.end()
        second = asked.result()
    both.over = meeting.over = True
    return {"first": first, "second": second, "met": meeting.took_place, "left": left}
