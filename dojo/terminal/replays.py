"""Show what the engine recorded of one test: the learner's run above the reference's."""

from __future__ import annotations

import dataclasses
import difflib
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from dojo.catalog.kata import Kata, Language
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.ground.exits import Exit, Stop
from dojo.replay import page, text
from dojo.replay.compare import differences
from dojo.replay.story import Story, StoryError, read_stories
from dojo.replay.words import Say
from dojo.terminal.companion.course import first_unsolved_task
from dojo.terminal.screen import page_of

if TYPE_CHECKING:
    from dojo.warm.client import Warm

_LOOKS = "What the tests look at"
_MINE, _OTHERS = "yours", "reference"


@dataclasses.dataclass(frozen=True)
class Replay:
    """What was recorded of one test.

    Attributes:
        kata: The kata.
        test: The test's name, with its parameters.
        verdict: What the test said; None if it did not come so far.
        mine: What was recorded of the solution; None if nothing was.
        reference: The same of the reference, as it is kept; None where nothing is.
        whose: What the solution is called.
    """

    kata: Kata
    test: str
    verdict: TestVerdict | None
    mine: Story | None
    reference: Story | None
    whose: str = _MINE

    def title(self, language: Language) -> str:
        """Return one line: the kata, the test, how it ended."""
        name = f"{self.kata.id}, {self.test}"
        if self.verdict is None:
            return name
        return Say(language)(f"{name}: green" if self.verdict.passed else f"{name}: red")

    @property
    def stories(self) -> list[tuple[str, Story]]:
        """Return what is to be drawn, the solution's first."""
        found = ((self.whose, self.mine), (_OTHERS, self.reference))
        return [(name, one) for name, one in found if one is not None]

    @property
    def differences(self) -> list[str]:
        """Return what is different in the solution's; empty where there is only one."""
        if self.mine is None or self.reference is None:
            return []
        return differences(self.mine, self.reference)

    def notes(self, language: Language) -> list[str]:
        """Return what is to be said before anything is drawn: that there is no run, and why."""
        say = Say(language)
        if self.mine is None:
            nothing = f"Nothing was recorded of {self.whose}"
            return [say(f"{nothing}: it broke off before the test could call it.")]
        if self.mine.runs:
            return []
        if self.reference is not None and self.reference.runs:
            return [say("No run of an engine was made here; the reference made some.")]
        is_green = self.verdict is not None and self.verdict.passed
        said = (
            "This test makes no run of an engine." if is_green else "No run of an engine was made."
        )
        return [say(f"{said} What the tests look at:"), *looks_at(self.kata, language)]


def replay(
    kata: Kata, test: str | None, solutions: str = "learner", warm: Warm | None = None
) -> Replay:
    """Have a test run, and return what was recorded of it beside what is kept of the reference.

    Args:
        kata: The kata.
        test: The test's name, perhaps with its parameters; None: the first red one of the current
            task, else the first one there that makes a run.
        solutions: As in `Warm.run`.
        warm: Who runs it; None: a pytest of its own.

    Raises:
        Stop: There is no such test, no verdict, or what was recorded cannot be read.
        EngineError: An engine does not start.
    """
    from dojo.warm.replays import record

    tests = [_named(kata, test)] if test else kata.tasks[first_unsolved_task(kata) - 1].tests
    try:
        verdict, stories = record(kata, solutions, tests, warm)
        known = read_stories(kata.replay_file)
    except StoryError as error:
        cure = "'git checkout reference' brings back what was kept"
        raise Stop(Exit.ENVIRONMENT, f"{kata.id} has no replay: {error}; {cure}") from None
    if verdict.fault or not verdict.tests:
        why = verdict.fault or "no test ran"
        cure = "'dojo doctor' looks for the cause"
        raise Stop(Exit.ENVIRONMENT, f"{kata.id} has no replay: {why}; {cure}")
    name = _chosen(verdict, stories)
    return Replay(
        kata,
        name,
        next((one for one in verdict.tests if one.test == name), None),
        next((one for one in stories if one.test == name), None),
        next((one for one in known if one.test == name), None),
        _MINE if solutions == "learner" else PurePath(solutions).name,
    )


def lines(shown: Replay, language: Language = "en", *, can_draw: bool = True) -> list[str]:
    """Return a replay as lines of at most 80 columns."""
    notes = [part for note in shown.notes(language) for part in text.wrapped(note)]
    say = Say(language)
    drawn = text.draw(shown.stories, shown.differences, can_draw=can_draw, say=say)
    gap = [""] if notes and drawn[:1] != [""] else []
    return [*text.wrapped(shown.title(language)), "", *notes, *gap, *drawn]


def whole_page(shown: Replay, language: Language = "en") -> str:
    """Return a replay as one page of HTML."""
    title, notes = shown.title(language), shown.notes(language)
    return page.write(title, shown.stories, shown.differences, notes, language)


def show(
    kata: Kata, test: str | None, warm: Warm | None = None, language: Language = "en"
) -> list[str]:
    """Return the lines of the replay of a test on the learner's file: what a key shows.

    Args:
        kata: The kata.
        test: As in `replay`.
        warm: As in `replay`.
        language: Of what is quoted from the kata's page.

    Raises:
        Stop: As in `replay`.
        EngineError: As in `replay`.
    """
    return lines(replay(kata, test, warm=warm), language)


def looks_at(kata: Kata, language: Language) -> list[str]:
    """Return what a kata's page says its tests look at, a paragraph each."""
    try:
        pages = [page_of(kata, one).read_text(encoding="utf-8") for one in ("en", language)]
    except OSError:
        return []
    # The sections are the same in all languages: its place is that of the English one.
    english, theirs = (re.split(r"^## ", page, flags=re.MULTILINE) for page in pages)
    place = next((n for n, one in enumerate(english) if one.startswith(_LOOKS)), len(theirs))
    section = "".join(theirs[place : place + 1]).strip()
    points = re.split(r"\n(?=- )|\n\n", section)
    return [" ".join(point.split()).replace("**", "") for point in points if point[:2] == "- "]


def _named(kata: Kata, test: str) -> str:
    head, bracket, parameters = test.partition("[")
    for known in kata.tests:
        if head in (known, known.removeprefix("test_")):
            return known + bracket + parameters
    near = difflib.get_close_matches(head, kata.tests, n=1, cutoff=0.3)
    listed = f"'dojo run {kata.called}' names them all"
    if near:
        listed = f"did you mean {near[0]!r}? {listed}"
    raise Stop(Exit.USAGE, f"{kata.id} has no test {test!r}; {listed}")


def _chosen(verdict: KataVerdict, stories: list[Story]) -> str:
    """Return the first red test; without one the first that made a run; else the first."""
    if verdict.red:
        return verdict.red[0].test
    made = (one.test for one in stories if one.runs)
    return next(made, verdict.tests[0].test)
