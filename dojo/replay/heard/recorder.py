"""Record one test for its replay: in the process that holds the solution, only when asked."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from dojo.engines import imported, part_of
from dojo.replay.heard import values
from dojo.replay.heard.gathered import Gathered
from dojo.world import clock

_PATIENCE_S = 5.0


@contextlib.contextmanager
def recording(
    file: Path,
    kata: str,
    test: str,
    solution: str,
    folder: Path | None,
    within_s: float,
    *,
    hands_on_files: bool = False,
) -> Iterator[Gathered]:
    """Record what happens in a block, and add its story to a file as one line.

    Args:
        file: The file.
        kata: As in `Story`.
        test: As in `Story`.
        solution: As in `Story`.
        folder: Where the test keeps its files: what lies there is told, too.
        hands_on_files: Whether its tasks hand on values and files only.
        within_s: After how long to write what there is, since nobody waits for the end.
    """
    gathered, owner = Gathered(folder), os.getpid()
    begun, ended = threading.Lock(), threading.Event()

    def write() -> None:
        if os.getpid() != owner:
            return
        if not begun.acquire(blocking=False):  # the timer's thread writes it, or has
            ended.wait(_PATIENCE_S)
            return
        with contextlib.suppress(Exception):  # the test says what it has to say all the same
            line = gathered.story(kata, test, solution).to_json()
            with file.open("a", encoding="utf-8") as stream:
                stream.write(f"{line}\n")
        ended.set()

    late = threading.Timer(within_s, write)
    late.daemon = True
    with contextlib.ExitStack() as stack:
        stack.callback(write)
        for hearing in (
            *_heard_of_engines(gathered, folder.parent if folder else None),
            values.heard(gathered, folder if hands_on_files else None),
            clock.heard(gathered.note_move),
        ):
            stack.enter_context(hearing)
        late.start()
        stack.callback(late.cancel)
        yield gathered


def _heard_of_engines(
    gathered: Gathered, folder: Path | None
) -> Iterator[contextlib.AbstractContextManager[None]]:
    """Yield what hears engines.

    An engine's part `heard` is a function that takes a `Gathered`, and the folder below which the
    test's files lie: a block.
    """
    parts = (part_of(engine, "heard") for engine in imported())
    yield from (part(gathered, folder) for part in parts if part is not None)
