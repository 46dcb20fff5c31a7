"""In whoever shows a replay: have a test run, and bring back what was recorded of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from dojo.catalog.kata import Kata
from dojo.catalog.verdict import KataVerdict
from dojo.replay.story import Story, read_stories
from dojo.warm.client import Warm, run_cold


def record(
    kata: Kata, solutions: str, tests: Iterable[str] = (), warm: Warm | None = None
) -> tuple[KataVerdict, list[Story]]:
    """Run tests of a kata, and return what they said and what was recorded of each.

    Args:
        kata: The kata.
        solutions: As in `Warm.run`.
        tests: The names of the only tests to run; none means all.
        warm: Who runs them; None: a pytest of its own.

    Returns:
        The verdict, and a story for each test that came so far.

    Raises:
        EngineError: An engine does not start.
        StoryError: What was recorded cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="dojo-replay-") as folder:
        file = Path(folder) / "stories.jsonl"
        if warm is None:
            options = [f"--replay-file={file}", "--all-tasks"]
            verdict = run_cold(kata.root, kata, solutions, options, tests)
        else:
            verdict = warm.run(kata, solutions, all_tasks=True, tests=tests, replay=file)
        return verdict, read_stories(file)
