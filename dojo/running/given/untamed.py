"""Give tests untamed data, and tell which quality of it made a check fail."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from dojo.running.solution import SolutionFault
from dojo.world.draw import Draw

# A check that failed is played again some ten times; a slow one is not played for ever.
PATIENCE_S = 2.0
MOST_NAMED = 3
_FAILURES = (Exception, pytest.fail.Exception)


class UntamedDraw(Draw):
    """What the fixture `draw` is: a seed of its own for each test, the same at each run.

    Attributes:
        asks_why: Whether `explain` plays a red check again. That takes up to half of a red run.
    """

    asks_why = True

    def explain(self, check: Callable[[Draw], object]) -> None:
        """Play a check; if it fails, find out with which qualities only, and say so.

        Args:
            check: Draws what it needs from the draw that it is given, calls the solution and
                asserts. It may be played again: what it changes must not make the next one fail.

        Raises:
            Exception: What the check raised, with a note: `Red with ids beyond 2**53; ...`.
        """
        first = self.afresh()
        try:
            check(first)
        except (NotImplementedError, SolutionFault):
            raise  # not written yet, or not to be used: the data has no part in it
        except _FAILURES as error:
            if self.asks_why:
                # Notes are of Python 3.11; `outcome.explain` reads the attribute on 3.10 too.
                notes = [*getattr(error, "__notes__", []), *_difference(first, check)]
                vars(error)["__notes__"] = notes
            raise


def _difference(first: Draw, check: Callable[[Draw], object]) -> list[str]:
    """Say which qualities it takes; nothing if the check is red on tidy data, too."""
    asked = sorted(first.given)
    until = time.monotonic() + PATIENCE_S

    def is_red(on: list[str]) -> bool:
        tame = [quality for quality in asked if quality not in on]
        return time.monotonic() < until and not _is_green(first.afresh(tame), check)

    if not asked or not _is_green(first.afresh(asked), check):
        return []
    found = _smallest(asked, is_red)
    if len(found) > MOST_NAMED or time.monotonic() > until:
        return ["On tidy data it is green."]
    return [f"Red with {', together with '.join(found)}; on tidy data it is green."]


def _smallest(on: list[str], is_red: Callable[[list[str]], bool]) -> list[str]:
    """Halve what makes a check red as long as one half does, then leave out what it can spare."""
    halves = [on]
    while halves:
        on = halves[0]
        middle = len(on) // 2
        parts = (on[:middle], on[middle:]) if middle else ()
        halves = [part for part in parts if is_red(part)][:1]
    for quality in list(on) if len(on) > 1 else ():
        rest = [one for one in on if one != quality]
        on = rest if is_red(rest) else on
    return on


def _is_green(draw: Draw, check: Callable[[Draw], object]) -> bool:
    try:
        check(draw)
    except _FAILURES:
        return False
    return True


def draw_of(node: Any) -> UntamedDraw:
    """Return the draw of a test; the seed is its name, so that what was red stays red."""
    draw = UntamedDraw(node.name)
    draw.asks_why = not node.config.getoption("one_red")
    return draw
