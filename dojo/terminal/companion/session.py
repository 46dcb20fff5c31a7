"""Be the companion until the learner quits: on a terminal in a frame, or in lines."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from dojo.catalog.kata import Kata, Language
from dojo.terminal.companion.companion import Alike, Companion
from dojo.terminal.companion.course import Course
from dojo.terminal.companion.faces import Face, Frame, Plain
from dojo.terminal.companion.runs import Runs
from dojo.terminal.companion.terminal import Terminal, nobody_reads
from dojo.terminal.companion.words import Words
from dojo.terminal.screen import Screen

if TYPE_CHECKING:
    from dojo.warm.client import Warm

POLL_S = 0.05


def keep_company(
    katas: list[Kata], kata: Kata | None, language: Language, *, plain: bool, alike: Alike
) -> None:
    """Be the companion until the learner quits.

    Args:
        katas: Those to move among, not empty.
        kata: Where to begin; None: where one was.
        language: Of all that is said.
        plain: Say lines only; also done where a terminal can do no more.
        alike: Recognises mistakes.

    Raises:
        Stop: An engine does not start.
    """
    root = katas[0].root
    screen, words = Screen(), Words(language)
    framed = not plain and screen.is_terminal and os.environ.get("TERM") != "dumb"

    def start() -> Warm:
        from dojo.warm.client import Warm

        return Warm(root, say=lambda line: runs.events.put(("say", line)))

    runs = Runs(start)
    terminal = Terminal(framed=framed)
    face: Face = Frame(terminal, screen, words) if framed else _plain(screen, words)
    course = Course(katas, kata)
    companion = Companion(root, course, runs, face, language, alike=alike, lent=terminal.lent)
    try:
        with terminal:
            companion.begin()
            going = True
            while going:
                companion.hear()
                companion.look()
                if terminal.is_stale:  # another size, or somebody else had it
                    companion.show()
                going = all(companion.press(key) for key in terminal.keys(POLL_S))
    finally:
        with nobody_reads():
            screen.say(words("ending"), "dim")
        runs.stop()
    with nobody_reads():
        screen.say(words("go on"))


def _plain(screen: Screen, words: Words) -> Plain:
    return Plain(screen, words, with_keys=sys.stdin.isatty())
