"""Show how far something long has come: a bar, and the time left."""

from __future__ import annotations

from rich import progress

from dojo.language.words import WordTable
from dojo.terminal.screen import Screen

_WORDS = WordTable("bar", ("graded", "measured", "left"))


def progress_bar(screen: Screen, done: str) -> progress.Progress:
    """Return a bar that says how many are `done`, "graded" or "measured", and the time left."""
    words = _WORDS[screen.language]
    columns = (
        progress.TextColumn(words[done]),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn(words["left"]),
    )
    return progress.Progress(*columns, console=screen, speed_estimate_period=600)
