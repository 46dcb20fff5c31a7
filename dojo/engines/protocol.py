"""Say what the runner asks of every engine."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from dojo.ground.libraries.seam import Seam
from dojo.ground.run_folder import Room

Say = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Engine:
    """What the runner asks of an engine; each is named in a kata's `needs`.

    Attributes:
        isolate: Sets the environment that the library reads when it is imported.
        running: Has it run for the length of a block, and yields its address: "" if it needs none.
        rehearse: Does once, in an empty folder, what solutions do; a fork calls it, to learn what
            the library imports lazily.
        settle: Does in an empty folder what is done once for all forks of this process.
        is_alive: Says whether what `running` started is still there.
        seams: What we use of its library that it does not promise; `running` looks at them.
    """

    isolate: Callable[[Room], None]
    running: Callable[[Room, Say], AbstractContextManager[str]]
    rehearse: Callable[[Path], None]
    settle: Callable[[Path], None] = lambda _: None
    is_alive: Callable[[], bool] = lambda: True
    seams: tuple[Seam, ...] = ()
