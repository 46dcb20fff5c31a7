"""Notice that a file was saved, and have verdicts made in a thread beside the one with the keys."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dojo.catalog.kata import Kata

if TYPE_CHECKING:
    from dojo.warm.client import Warm

_END_S = 20


class Watch:
    """Tells when a file was saved, by its time and size."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[int, int] | None] = {}

    def changed(self, files: list[Path]) -> list[Path]:
        """Return which files differ from the last look.

        None does at the first look. A missing one does not, since many editors remove a file for
        a moment when they save it.
        """
        found = []
        for path in files:
            try:
                status = path.stat()
            except OSError:
                self._seen.setdefault(path, None)
                continue
            now = status.st_mtime_ns, status.st_size
            if self._seen.get(path, now) != now:
                found.append(path)
            self._seen[path] = now
        return found


class Runs:
    """One run at a time, each in a thread; what it says waits in `events`.

    The thread writes to `events` and to nothing else here: all the rest is the caller's.
    """

    def __init__(self, warm: Warm) -> None:
        self.events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._warm = warm
        self._thread: threading.Thread | None = None
        self._next: Kata | None = None

    @property
    def busy(self) -> bool:
        """Say whether a run goes on whose end was not yet taken notice of."""
        return self._thread is not None

    def ask(self, kata: Kata) -> None:
        """Have `kata` run on the learner's file: at once, or after the run that goes on."""
        if self._thread is not None:
            self._next = kata
            return
        self.events.put(("start", kata))
        self._thread = threading.Thread(target=self._run, args=(kata,), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Take notice of a run's end; start the one that waits."""
        self._thread = None
        waiting, self._next = self._next, None
        if waiting is not None:
            self.ask(waiting)

    def stop(self) -> None:
        """End the run that goes on and all processes."""
        # First: it cuts short the run that the thread waits for.
        self._warm.close()
        if self._thread is not None:
            self._thread.join(_END_S)
            # A run that was cut short may have asked for a new parent before it gave up.
            self._warm.close()

    def _run(self, kata: Kata) -> None:
        try:
            verdict = self._warm.run(kata, "learner", lambda test: self.events.put(("test", test)))
            self.events.put(("verdict", verdict))
        except Exception as error:
            self.events.put(("error", error))
