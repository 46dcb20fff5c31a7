"""Give tests untamed data, and tell which quality of it made a check fail."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from dojo.subject import SolutionFault
from dojo.world.draw import Draw

# A check that failed is played again once a quality; a slow one is not played for ever.
PATIENCE_S = 2.0
_FAILURES = (Exception, pytest.fail.Exception)


class UntamedDraw(Draw):
    """What the fixture `draw` is: a seed of its own for each test, the same at each run."""

    def explain(self, check: Callable[[Draw], object]) -> None:
        """Play a check; if it fails, find out with which qualities only, and say so.

        Args:
            check: Draws what it needs from the draw that it is given, calls the solution and
                asserts. It may be played again: what it changes must not make the next one fail.

        Raises:
            Exception: What the check raised, with a note: `Only with ids beyond 2**53: ...`.
        """
        first = self.afresh()
        try:
            check(first)
        except (NotImplementedError, SolutionFault):
            raise  # not written yet, or not to be used: the data has no part in it
        except _FAILURES as error:
            # Notes are of Python 3.11; the attribute is read by `outcome.explain` on 3.10 too.
            notes = [*getattr(error, "__notes__", []), *_difference(first, check)]
            error.__notes__ = notes
            raise


def _difference(first: Draw, check: Callable[[Draw], object]) -> list[str]:
    """Say what is tame when the check is green; nothing if it is red on tame data, too."""
    asked = sorted(first.given)
    if not asked or not _is_green(first.afresh(asked), check):
        return []
    until = time.monotonic() + PATIENCE_S

    def reds(tamed: dict[str, list[str]]) -> list[str]:
        """Play with each of these sets tamed; name those that are red, as long as there is time."""
        played = (one for one in tamed if time.monotonic() < until)
        return [one for one in played if not _is_green(first.afresh(tamed[one]), check)]

    still_red = reds({quality: [quality] for quality in asked})
    needed = [quality for quality in asked if quality not in still_red]
    if time.monotonic() > until:
        return ["Only with untidy data: tidied up in everything, it is green."]
    if needed:
        return [f"Only with {' together with '.join(needed)}: the same without is green."]
    alone = reds({one: [other for other in asked if other != one] for one in asked})
    return [f"With {', or with '.join(alone)}; on tidy data it is green."]


def _is_green(draw: Draw, check: Callable[[Draw], object]) -> bool:
    try:
        check(draw)
    except _FAILURES:
        return False
    return True


def draw_of(node: Any) -> UntamedDraw:
    """Return the draw of a test; the seed is its name, so that what was red stays red."""
    return UntamedDraw(node.name)
