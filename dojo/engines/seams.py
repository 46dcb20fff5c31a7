"""Look, as an engine starts, whether its library still has what we use of it unpromised."""

from __future__ import annotations

from collections.abc import Iterable

from dojo.engines.templates import EngineError
from dojo.ground.libraries.seam import Seam, SeamMissing, check
from dojo.world.seams import libraries


def check_seams(seams: Iterable[Seam]) -> None:
    """Look at an engine's table, and at what tests control beside it; imports nothing.

    Raises:
        EngineError: Something is gone: what it was for, and what to install, in one line.
    """
    try:
        check((*seams, *libraries.SEAMS))
    except SeamMissing as error:
        raise EngineError(str(error)) from None
