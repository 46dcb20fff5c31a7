"""Notice that a file was saved, and have verdicts made in a thread beside the one with the keys."""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dojo.catalog.kata import Kata

if TYPE_CHECKING:
    from dojo.warm.client import Warm

_END_S = 20
# Saving, an editor removes or empties a file for a moment; in that many looks it is back.
_LOOKS_GONE = 20


class _Look(NamedTuple):
    saved_ns: int
    content: bytes


class Watch:
    """Tells when a file was saved, by its time and by what is in it.

    Each look opens the files. So a save is seen that puts another file in the place of the first
    one, that keeps time and size, or that came over NFS, where only who opens a file is told what
    its server has. What an editor keeps beside it, a lock or a swap file, is not looked at.
    """

    def __init__(self) -> None:
        self._seen: dict[Path, _Look | None] = {}
        self._gone: dict[Path, int] = {}

    def changed(self, files: list[Path]) -> list[Path]:
        """Return which files differ from the last look; none does at the first.

        One that is missing or empty does when it stays so for a second.
        """
        return [path for path in files if self._differs(path)]

    def _differs(self, path: Path) -> bool:
        now = _look(path)
        if path not in self._seen:
            self._seen[path] = now
            return False
        before = self._seen[path]
        if now == before:
            self._gone.pop(path, None)
            return False
        if now is None:
            self._gone[path] = self._gone.get(path, 0) + 1
            if self._gone[path] < _LOOKS_GONE:
                return False
        self._gone.pop(path, None)
        self._seen[path] = now
        return True


def _look(path: Path) -> _Look | None:
    """Return when a file was saved and a digest of it; None if it is missing or empty."""
    try:
        with path.open("rb") as file:
            content = file.read()
        saved_ns = path.stat().st_mtime_ns
    except OSError:
        return None
    return _Look(saved_ns, hashlib.sha256(content).digest()) if content else None


class Runs:
    """One run at a time, each in a thread; what it says waits in `events`.

    The thread writes to `events` and to nothing else here: all the rest is the caller's.
    """

    def __init__(self, start: Callable[[], Warm]) -> None:
        """Start nothing yet.

        Args:
            start: Makes what is asked for runs; called in the thread of the first one, since it is
                slow to import.
        """
        self.events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._start = start
        self._warm: Warm | None = None
        self._is_stopped = False
        self._thread: threading.Thread | None = None
        self._next: tuple[Kata, int, Sequence[str]] | None = None

    @property
    def busy(self) -> bool:
        """Say whether a run goes on whose end was not yet taken notice of."""
        return self._thread is not None

    def ask(self, kata: Kata, task: int = 0, again: Sequence[str] = ()) -> None:
        """Have `kata` run on the learner's file: at once, or after the run that goes on.

        Args:
            kata: The kata.
            task: The number of the task whose tests run first; 0: in order.
            again: The names of those of its tests that run before the others: what was red.
        """
        if self._thread is not None:
            self._next = kata, task, again
            return
        self.events.put(("start", kata))
        self._thread = threading.Thread(target=self._run, args=(kata, task, again), daemon=True)
        self._thread.start()

    def forget_waiting(self) -> None:
        """Do not make the run that waits for the present one's end."""
        self._next = None

    def end(self) -> None:
        """Take notice of a run's end; start the one that waits."""
        self._thread = None
        waiting, self._next = self._next, None
        if waiting is not None:
            self.ask(*waiting)

    def stop(self) -> None:
        """End the run that goes on and all processes."""
        self._is_stopped = True
        self._close()  # first: it cuts short the run that the thread waits for
        if self._thread is not None:
            self._thread.join(_END_S)
            # A run that was cut short may have asked for a new parent before it gave up.
            self._close()

    def _close(self) -> None:
        if self._warm is not None:
            self._warm.close()

    def _run(self, kata: Kata, task: int, again: Sequence[str]) -> None:
        def tell(test: Any) -> None:
            self.events.put(("test", test))

        try:
            if self._warm is None:
                self._warm = self._start()
            if self._is_stopped:
                return
            verdict = self._warm.run(kata, "learner", tell, first=task, again=again)
            self.events.put(("verdict", verdict))
        except Exception as error:
            self.events.put(("error", error))
