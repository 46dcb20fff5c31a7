"""Show how far something long has come: a bar, and the time left."""

from __future__ import annotations

from rich import progress

from dojo.terminal.screen import Screen


def progress_bar(screen: Screen, done: str) -> progress.Progress:
    """Return a bar that says how many are `done`, and the time left."""
    columns = (
        progress.TextColumn(done),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn("left"),
    )
    return progress.Progress(*columns, console=screen, speed_estimate_period=600)
