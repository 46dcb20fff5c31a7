"""Record one test for its replay, if that was asked for; nobody else pays for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from dojo.catalog.kata import Kata
from dojo.engines import ENGINES
from dojo.laws import calls
from dojo.running.session import KataRun

# Where a test that is recorded keeps its files.
FOLDER = pytest.StashKey[Path]()
# So long before a test is ended because it hangs, what was seen of it is written.
_BEFORE_THE_END_S = 2.0


@pytest.fixture(autouse=True)
def replay_folder(request: pytest.FixtureRequest) -> None:
    """Tell where a test that is recorded keeps its files."""
    if request.config.getoption("replay_file"):
        request.node.stash[FOLDER] = request.getfixturevalue("tmp_path")


@contextlib.contextmanager
def recorded(item: pytest.Function, run: KataRun, kata: Kata) -> Iterator[None]:
    """Record a test for the length of a block, if `--replay-file` was given."""
    file = item.config.getoption("replay_file")
    if not file:
        yield
        return
    from dojo.replay.heard.recorder import recording

    folder = item.stash.get(FOLDER, None)
    with (
        recording(
            Path(file),
            kata.id,
            item.name,
            run.solutions.spec,
            folder,
            max(run.limit_s - _BEFORE_THE_END_S, run.limit_s / 2),
            hands_on_files=kata.track in ENGINES and ENGINES[kata.track].hands_on_files,
        ) as gathered,
        calls.heard(gathered.note_call),
    ):
        yield
