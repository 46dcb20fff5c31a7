"""Show a desk: as a frame that is painted in place, or as lines that are only ever added."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Protocol

from rich.text import Text

from dojo.terminal.companion.terminal import Terminal, nobody_reads
from dojo.terminal.companion.view import Desk, View
from dojo.terminal.companion.words import Words
from dojo.terminal.screen import Screen

_USUAL = (80, 24)


class Face(Protocol):
    """What shows a desk."""

    def show(self, desk: Desk) -> None:
        """Show what is new of it; it is called after each key, event and look."""


class Frame:
    """A frame as large as the terminal; what was on the screen before comes back at the end."""

    def __init__(self, terminal: Terminal, screen: Screen, words: Words) -> None:
        """Paint nothing yet."""
        self._terminal = terminal
        self._screen = screen
        self._view = View(screen, words)
        self._painted = ""

    def show(self, desk: Desk) -> None:
        """Paint, unless the same is painted already."""
        width, height = _size()
        lines = self._view.frame(desk, width, height)
        rows = [self._drawn(line, width) for line in lines]
        rows += [""] * (height - len(rows))
        # Each row at its place, and what is left of it cleared: nothing flickers, nothing scrolls.
        frame = "".join(f"\x1b[{at};1H{row}\x1b[0m\x1b[K" for at, row in enumerate(rows, start=1))
        if frame != self._painted or self._terminal.is_stale:
            self._terminal.is_stale = False
            self._painted = frame
            self._terminal.write(frame)

    def _drawn(self, line: Text, width: int) -> str:
        with self._screen.capture() as drawn:
            self._screen.print(line, end="", no_wrap=True, overflow="ellipsis", width=width)
        return drawn.get().rstrip("\n")


class Plain:
    """Lines, each said once: for screen readers, logs, and terminals that cannot do more."""

    def __init__(self, screen: Screen, words: Words, *, with_keys: bool) -> None:
        """Say nothing yet.

        Args:
            screen: Where to.
            words: The language.
            with_keys: Whether somebody can press keys, and is told which there are.
        """
        self._screen = screen
        self._view = View(screen, words)
        self._with_keys = with_keys
        self._said: dict[str, object] = {}

    def show(self, desk: Desk) -> None:
        """Say what was not said yet."""
        if desk.listing is not None:
            self._list(desk)
            return
        self._said.pop("list", None)
        view, width = self._view, self._screen.width
        self._say("head", desk.kata.id, lambda: [Text(), *view.head(desk, 0), self._keys(desk)])
        if desk.red is not None and not desk.is_old:
            of = desk.run, desk.red.test, desk.red.message
            self._say("message", of, lambda: [Text(), *view.message(desk, width)])
        self._say("hint", desk.hint, lambda: [Text(), *view.hint(desk, width)])
        if desk.notice:
            self._say("notice", desk.notice, lambda: view.status(desk))
        else:
            self._said.pop("notice", None)
        if not desk.is_running and desk.tests:
            self._say("tasks", desk.run, lambda: view.tasks(desk))
        if not desk.notice and not (
            desk.is_running and desk.tests
        ):  # how many, only a frame counts
            self._say("outcome", (desk.run, desk.outcome), lambda: view.status(desk))

    def _list(self, desk: Desk) -> None:
        assert desk.listing is not None
        lines = desk.listing.lines(self._screen)
        query = desk.listing.query, desk.listing.is_searching
        self._say("list", query, lambda: [Text(), *lines, self._keys(desk)])
        at = lines[desk.listing.place()].plain
        self._say("cursor", at, lambda: [Text(at)])
        self._say("notice", desk.notice, lambda: self._view.status(desk) if desk.notice else [])

    def _keys(self, desk: Desk) -> Text:
        return self._view.keys(desk) if self._with_keys else Text()

    def _say(self, name: str, what: object, lines: Callable[[], list[Text]]) -> None:
        if self._said.get(name) == what:
            return
        self._said[name] = what
        with nobody_reads():
            for line in lines():
                self._screen.put(line.plain)


def _size() -> tuple[int, int]:
    """Return the terminal's columns and rows, not what COLUMNS said when it was another size."""
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        return _USUAL
    return size.columns or _USUAL[0], size.lines or _USUAL[1]
