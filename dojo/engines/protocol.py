"""Say what the runner and the grader ask of every engine; no room above names one.

What an engine brings for a room above is named, `module:function`, and found when that room needs
it: so no import points upwards, and what nobody needs is not imported.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from dojo.ground.libraries.seam import Seam
from dojo.ground.run_folder import Room

Say = Callable[[str], None]


def _nothing(*_: object) -> None:
    """Do nothing."""


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
        join: Has this process use, for the length of a block, what another one has `running` at
            an address; called with no empty one.
        results_in: Has what runs keep for themselves go into a folder, for the length of a block.
        forget: Forgets what a solution has left in the library's globals.
        isolate_inside: The same as `isolate`, once more in each sandbox.
        inside: Has it run in a sandbox, by process 1, which no submission can touch: as `running`.
            None: it needs nothing there but what each process of a submission has itself.
        rehearse_inside: Does once what makes `inside` quick, in the parent of all sandboxes.
        database: Names the file in which what runs `inside` keeps its records; None: none.
        pids: Names the processes that `inside` has started.
        variables: What begins the environment variables that a submission's process keeps.
        homes: Variables that name a folder of the library's below a home, and that folder.
        readable: The files that it reads wherever it is.
        title: How it is called in a sentence.
        packages: The distributions that it is made of, the first of which has its version.
        frames: The packages whose own doings are no solution's.
        ports: Those that its user interface likes, and what that is called.
        hands_on_files: Whether tasks hand on values and files, and a replay shows these.
        lazy: What the library imports when it is first used: better once, before the forks.
        functions: The functions that everybody calls and nobody may replace, by their dotted names.
        reads_types: Names of the errors that say that it found text where it looks for types.
        own_variables: The environment variables that it writes for its own child processes.
        keeps_open: Says of a file, by its path, whether the library keeps it open for good.
        begins_with: What must be imported before a program that uses it can be recorded.
        tried: Tries it as `dojo doctor` does; None: has it run.
        alone: Has a program of its own that starts it do so quickly, for the length of a block;
            None: it does anyway.
        parts: What it brings for rooms above, `module:function` by the part's name: `watched` (see
            `dojo.laws.watched`), `heard` (see `dojo.replay.heard.recorder`), `left` (see
            `dojo.exam.remains`), `program` (see `dojo.replay.heard.program`), `told` (see
            `dojo.inside.examination`), `opened` (see `dojo.laws.leftovers`), `states` (see
            `dojo.laws.state.changes`).
        seams: What we use of its library that it does not promise; `running` looks at them.
    """

    isolate: Callable[[Room], None] = _nothing
    running: Callable[[Room, Say], AbstractContextManager[str]] = lambda *_: contextlib.nullcontext(
        ""
    )
    rehearse: Callable[[Path], None] = _nothing
    settle: Callable[[Path], None] = _nothing
    is_alive: Callable[[], bool] = lambda: True
    join: Callable[[str], AbstractContextManager[None]] = lambda _: contextlib.nullcontext()
    results_in: Callable[[Path], AbstractContextManager[None]] = lambda _: contextlib.nullcontext()
    forget: Callable[[], None] = _nothing
    isolate_inside: Callable[[], None] = _nothing
    inside: Callable[[Room, Say], AbstractContextManager[str]] | None = None
    rehearse_inside: Callable[[Room], None] = _nothing
    database: Callable[[], Path | None] = lambda: None
    pids: Callable[[], Iterable[int]] = lambda: ()
    variables: tuple[str, ...] = ()
    homes: dict[str, str] = dataclasses.field(default_factory=dict)
    readable: Callable[[], Iterable[Path]] = lambda: ()
    title: str = ""
    packages: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    ports: dict[int, str] = dataclasses.field(default_factory=dict)
    hands_on_files: bool = False
    lazy: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    reads_types: tuple[str, ...] = ()
    own_variables: tuple[str, ...] = ()
    keeps_open: Callable[[str], bool] = lambda _: False
    begins_with: str = ""
    tried: Callable[[Room, Say], None] | None = None
    alone: Callable[[Room, Say], AbstractContextManager[None]] | None = None
    parts: dict[str, str] = dataclasses.field(default_factory=dict)
    seams: tuple[Seam, ...] = ()
