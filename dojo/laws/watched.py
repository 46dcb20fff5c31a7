"""Put together what looks at one solution: its calls, its acts, what it leaves."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dojo.engines import imported, part_of
from dojo.ground.libraries.seam import check
from dojo.laws.acts.at_once import AtOnce
from dojo.laws.acts.imports import watched_imports
from dojo.laws.acts.seen import Acts
from dojo.laws.calls import Watch
from dojo.laws.leftovers import Leftovers
from dojo.laws.rules import Ledger
from dojo.laws.state.engines import SEAMS
from dojo.laws.whose import marked_threads
from dojo.running.solution import Subject, classes_of, load_solution


class Watched:
    """A solution that is looked at: what it breaks is in `ledger`."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        """Look at nothing yet.

        Args:
            path: The solution's file.
            ledger: Gets the broken laws.
        """
        self.ledger = ledger
        self._path = path
        self._acts = Acts(str(path))
        self._leftovers = Leftovers(str(path))
        self._watch = Watch(ledger, path, self._acts)
        self._at_once = AtOnce(str(path), ledger, self._watch.calls, self._watch.is_alone)

    @contextlib.contextmanager
    def looking(self, test_file: str = "") -> Iterator[None]:
        """Look for the length of a block; load the solution inside it.

        Args:
            test_file: What a test defines itself, and asks for by itself, is told by its file.

        Raises:
            SeamMissing: A library does not have any more what is looked at.
        """
        check(SEAMS)
        with contextlib.ExitStack() as stack:
            for seen in (
                self._acts.seen(),
                self._at_once.seen(),
                self._leftovers.seen(),
                marked_threads(),
                watched_imports(self._watch.excused),
                *_watched_by_engines(self._watch, test_file),
            ):
                stack.enter_context(seen)
            yield

    def load(self, **names: Any) -> Subject:
        """Load the solution afresh.

        Args:
            names: As in `load_solution`.

        Returns:
            The module under test; what it hands out is looked at.

        Raises:
            SolutionFault: As in `load_solution`.
        """
        with self._watch.importing():
            subject = load_solution(self._path, self._watch.hand_out, **names)
        for one in classes_of(subject):
            self._watch.methods(one)
        return subject

    def end(self, *, with_leftovers: bool) -> None:
        """Stop looking: what comes now is not the solution's part any more.

        Args:
            with_leftovers: Whether to note what is still open or running.
        """
        self._watch.is_on = False
        if with_leftovers:
            self._leftovers.note(self.ledger)


def _watched_by_engines(
    watch: Watch, test_file: str
) -> Iterator[contextlib.AbstractContextManager[None]]:
    """Yield what looks at the calls that engines make of a solution's functions.

    An engine's part `watched` is a function that takes a `Watch` and the file of the test: a block.
    """
    parts = (part_of(engine, "watched") for engine in imported())
    yield from (part(watch, test_file) for part in parts if part is not None)
