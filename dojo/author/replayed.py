"""Check that what is kept of a reference's runs is what they are now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dojo.author.finding import Fault, rule
from dojo.catalog.kata import Kata
from dojo.replay.compare import shape
from dojo.replay.story import StoryError, read_stories

# Of a test that makes more runs, as many tell what it is about.
KEPT_RUNS = 40


@rule
def kept_replay_is_that_of_the_reference(kata: Kata, recorded: Path) -> Iterator[Fault]:
    """Ask that each kept replay has the runs, and their ends, that were recorded now.

    Of a test without a kept one a learner sees their own run only.
    """
    path = kata.replay_file
    cure = f"'python docs/make_replays.py {kata.number:02d}' records it anew"
    try:
        kept = {one.test: one for one in read_stories(path)}
        now = {one.test: one.cut(KEPT_RUNS) for one in read_stories(recorded)}
    except StoryError as error:
        yield Fault(path, str(error), cure)
        return
    for test in sorted(kept.keys() - now.keys()):
        yield Fault(path, f"{test} is kept, and did not run", cure)
    for test in sorted(kept.keys() & now.keys()):
        old, new = shape(kept[test]), shape(now[test])
        if old != new:
            seen = sorted(set(old) ^ set(new))[0]
            yield Fault(path, f"{test}: not as it was: {seen}", cure)
