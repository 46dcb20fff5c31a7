"""Have a call be killed at each moment at which a file gets its name or its mode."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from dojo.world.files.disk import CHMOD, KILLED, LINK, RENAME, Before, Call, Fork, Step

AFTER = "anything after rename"
_MOST_MOVES = 40


def killed_before_each_move(call: Call, folder: Path) -> Iterator[Step]:
    """Make a call again and again, killed before it gives a file its name or mode first, then, ...

    And just after each rename. What is killed while it writes is seen by `on_a_full_disk`.

    Args:
        call: Makes it.
        folder: Where it writes.

    Yields:
        The step that was not taken; between two calls the files are whoever asks for them's.
    """

    def killer(at: int, is_after: bool) -> Before:
        left, taken = iter(range(at)), list[Step]()  # how many more may be taken

        def kill(step: Step) -> None:
            if taken or step.kind not in (RENAME, LINK, CHMOD) or next(left, None) is not None:
                return
            if is_after and step.source:
                taken.append(step)  # of which Python tells once more
                os.replace(step.source, step.path)
            os.kill(os.getpid(), signal.SIGKILL)

        return kill

    for at, is_after in itertools.product(range(_MOST_MOVES), (False, True)):
        ended = Fork(call, folder, killer(at, is_after)).end()
        if ended.how != KILLED:
            return
        step = ended.steps[-1]
        yield Step(AFTER, step.path) if is_after and step.kind == RENAME else step
