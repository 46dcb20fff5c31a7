"""Have each test of a kata keep the laws: what a solution breaks makes the test red."""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from dojo.catalog.kata import Kata
from dojo.laws.rules import LAWS, Ledger
from dojo.laws.watched import Watched
from dojo.running.solution import SolutionFault, Subject
from dojo.world.files.machine import NoFork, of_one_core
from dojo.world.locales import open_as_ascii, pathlib_as_ascii
from dojo.world.seams.libraries import GENERATOR


class Laws:
    """The laws of one test, for the test: which do not hold, and why."""

    def __init__(self, watched: Watched, stack: contextlib.ExitStack) -> None:
        """Know what looks at the solution, and what ends with the test."""
        self._stack = stack
        self._watched = watched
        self._ledger = watched.ledger

    def load(self) -> Subject:
        """Load the solution afresh; its calls are looked at too."""
        return self._watched.load()

    def load_elsewhere(self) -> Subject:
        """Load the solution afresh, as another process would, on a machine of another locale.

        `hash` gives it other numbers, and text that it reads or writes without naming an encoding
        is ASCII. Unlike the fixture `elsewhere` this starts no process, and what it returns may be
        anything.
        """
        self._stack.enter_context(pathlib_as_ascii())
        return self._watched.load(hash=_other_hash, open=open_as_ascii)

    def load_optimized(self) -> Subject:
        """Load the solution afresh, as `python -O` runs it: each `assert` is left out."""
        return self._watched.load(optimized=True)

    def load_forks(self, before: Callable[[Subject], object] | None = None) -> Iterator[Subject]:
        """Load the solution twice, as two processes have it that were forked after one import.

        What chance gave until the fork is the same in both; Python gives its shared generator, and
        no other, not NumPy's either, a new state after a fork.

        Args:
            before: Done with each load before the fork.

        Yields:
            One after the other: what it is to do comes before the next is asked for.
        """
        state, numpy, loads, is_forked = random.getstate(), sys.modules.get("numpy"), [], False

        class Random(random.Random):
            def __init__(self, seed: Any = None) -> None:
                super().__init__(1 if seed is None and not is_forked else seed)

        def default_rng(seed: Any = None) -> Any:
            return made(1 if seed is None and not is_forked else seed)

        with contextlib.ExitStack() as stack:
            stack.enter_context(mock.patch.object(random, "Random", Random))
            if numpy is not None:
                shared, made = numpy.random.get_state(), GENERATOR.read()
                stack.enter_context(GENERATOR.replaced(default_rng))
            for _ in range(2):
                random.setstate(state)
                loads.append(self._watched.load())
                if before is not None:
                    before(loads[-1])
                random.seed()
        is_forked = True
        for one in loads:
            if numpy is not None:
                numpy.random.set_state(shared)
            yield one

    def lift(self, law: str, why: str) -> None:
        """Have a law not hold in this test.

        Args:
            law: Its name, one of `dojo.laws.rules.LAWS`.
            why: The reason, in a sentence.

        Raises:
            ValueError: There is no such law, or no reason.
        """
        if law not in LAWS or not why.strip():
            raise ValueError(f"a law is lifted by its name and a reason, not by {law!r}, {why!r}")
        self._ledger.lift(law)

    def may_change(self, argument: str, why: str) -> None:
        """Allow the solution to change an argument of this name in this test.

        Args:
            argument: As the called function names it.
            why: The reason, in a sentence.

        Raises:
            ValueError: There is no reason.
        """
        if not why.strip():
            raise ValueError(f"say why {argument!r} may be changed")
        self._ledger.allow(argument)

    @property
    def message(self) -> str:
        """Say what was broken; empty if nothing was."""
        return self._ledger.message

    def judge(self, *, is_green: bool) -> None:
        """End looking: the test's own part is over.

        Args:
            is_green: Whether the test itself has nothing to say: one that broke off in the middle
                may have left open what its own end would have closed.
        """
        self._watched.end(with_leftovers=is_green)


def _other_hash(one: object) -> int:
    return hash(("another process", one))


KEY = pytest.StashKey[Laws]()


@contextlib.contextmanager
def lawful(item: pytest.Item, kata: Kata, path: Path) -> Iterator[Subject]:
    """Load a solution and look at all that a test does with it, for the length of a block.

    Args:
        item: The test.
        kata: Its kata, which may lift laws.
        path: The solution's file.

    Yields:
        The module under test.

    Raises:
        SolutionFault: As in `load_solution`.
    """
    watched = Watched(path, Ledger(kata.lifts))
    looking = watched.looking(str(item.path))
    with of_one_core(), looking, contextlib.ExitStack() as stack:
        subject = watched.load()
        item.stash[KEY] = Laws(watched, stack)
        yield subject


@contextlib.contextmanager
def judged(item: pytest.Item) -> Iterator[None]:
    """Judge a test by the laws as soon as the block is over that runs its own part.

    Where there is no fork (Windows) a test ends, green, at the first call to be made in one.

    Raises:
        SolutionFault: The test itself is green, and a law was broken.
    """
    laws = item.stash.get(KEY, None)
    is_green = False
    try:
        with contextlib.suppress(NoFork):
            yield
        is_green = True
    finally:
        if laws is not None:
            laws.judge(is_green=is_green)
    if laws is not None and laws.message:
        raise SolutionFault(laws.message, "assertion")


def broken_laws(item: pytest.Item) -> str:
    """Return what a test's laws have to say; empty if none was broken."""
    laws = item.stash.get(KEY, None)
    return laws.message if laws is not None else ""
