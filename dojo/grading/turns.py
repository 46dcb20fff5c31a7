"""Let submissions be graded beside each other, and one alone where it must be."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class Turns:
    """Whose turn it is, of several threads."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._changed = threading.Condition()
        self._at_work = 0
        self._alone = 0  # those who are, or want to be

    @contextlib.contextmanager
    def among_others(self) -> Iterator[None]:
        """Work beside others; wait for who is alone, or wants to be."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._at_work += 1
        try:
            yield
        finally:
            with self._changed:
                self._at_work -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Work when nobody else does; nobody begins meanwhile."""
        with self._changed:
            self._alone += 1
        try:
            with self._changed:
                self._changed.wait_for(lambda: not self._at_work)
                self._at_work += 1
            try:
                yield
            finally:
                with self._changed:
                    self._at_work -= 1
        finally:
            with self._changed:
                self._alone -= 1
                self._changed.notify_all()
