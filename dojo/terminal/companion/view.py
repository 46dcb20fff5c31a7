"""Lay out what the companion shows: a frame of the terminal's size, or lines one after the other.

Whatever comes from tests is `rich.text.Text`, never markup, and without escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rich.style import Style
from rich.text import Text

from dojo.catalog.kata import Kata
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.ground.safe_text import plain
from dojo.language import in_language
from dojo.language.breaking import broken
from dojo.terminal.companion.course import is_begun
from dojo.terminal.companion.listing import Listing
from dojo.terminal.companion.words import Words
from dojo.terminal.screen import Screen, page_of, shown

_BAR = 24
_INDENT = "    "
_LEAST_BODY = 6


@dataclass
class Desk:
    """What is to be seen: the kata, what its tests said until now, a hint, what was asked.

    Attributes:
        kata: The current one.
        place: Its place among the others, from 1, and how many there are.
        task: The number of the current task.
        solved: How many tasks of all katas are solved, and how many there are.
        tests: What the tests of the present run, or of the last one, have said.
        untouched: The numbers of the tasks that were not begun.
        red: The red test whose message is shown.
        browsed: The name of the red test that one has leafed to; "" for none.
        is_old: That message is of the run before: the present one has none yet.
        run: The number of the present run, or the last one.
        is_running: It goes on.
        hint: A title, and its lines; none was asked for: empty.
        outcome: How the run ended, or that it goes on.
        is_good: The kata is solved.
        notice: What the last key did; it stands before the outcome.
        listing: The list, while one moves in it.
        scroll: How many lines of the body are above what is seen.
    """

    kata: Kata
    place: tuple[int, int] = (1, 1)
    task: int = 1
    solved: tuple[int, int] = (0, 0)
    tests: dict[str, TestVerdict] = field(default_factory=dict)
    untouched: frozenset[int] = frozenset()
    red: TestVerdict | None = None
    browsed: str = ""
    is_old: bool = False
    run: int = 0
    is_running: bool = False
    hint: tuple[str, list[str]] = ("", [])
    outcome: str = ""
    is_good: bool = False
    notice: str = ""
    listing: Listing | None = None
    scroll: int = 0

    def begin_run(self, outcome: str) -> None:
        """Begin a run; the message of the one before stays until there is another."""
        self.tests, self.is_old, self.run = {}, self.red is not None, self.run + 1
        self.is_running = True
        self.is_good, self.outcome = False, outcome
        if self.listing is None:
            self.notice = ""

    def take_test(self, test: TestVerdict) -> None:
        """Take what a test says; show the first message that matters at once.

        The current task's tests come first; of the others, a stub's can wait for the end.
        """
        self.tests[test.test] = test
        tells = not test.passed and (test.task == self.task or is_begun(test, self.untouched))
        if tells and (self.red is None or self.is_old):
            self.red, self.is_old, self.scroll = test, False, 0

    def end_run(self, tests: Iterable[TestVerdict], red: TestVerdict | None) -> None:
        """Take all tests of a run, and the red one that matters.

        One of its task that is shown already stays, and so does one that was leafed to.
        """
        if self.red is not None and red is not None and not self.is_old:
            red = self.red if self.red.task == red.task else red
        self.tests = {test.test: test for test in tests}
        if (browsed := self.tests.get(self.browsed)) is not None and not browsed.passed:
            red = browsed
        self.is_old = self.is_running = False
        if red != self.red:
            self.red, self.scroll = red, 0

    def show_next_red(self) -> None:
        """Leaf to the message of the next red test; past stubs, if anything was begun."""
        red = [test for test in self.tests.values() if not test.passed]
        red = [test for test in red if is_begun(test, self.untouched)] or red
        names = [test.test for test in red]
        if red:
            current = self.red.test if self.red is not None else ""
            self.red = red[(names.index(current) + 1) % len(red) if current in names else 0]
            self.browsed, self.scroll = self.red.test, 0


class View:
    """Makes lines of a desk, in one language, for one screen."""

    def __init__(self, screen: Screen, words: Words) -> None:
        """Take what tells the width, the signs that can be shown, and the language."""
        self._screen = screen
        self._words = words

    def frame(self, desk: Desk, width: int, height: int) -> list[Text]:
        """Return at most `height` lines: what is open, above; hint and keys, below.

        In between is what the tests say, from the line that one has scrolled to. The hint is cut
        before the message is.
        """
        if desk.listing is not None:
            return self._frame_of_list(desk, desk.listing, height)
        head = [*self.head(desk, width), Text()]
        foot = [self._status(desk), self.keys(desk)]
        most = max(height - len(head) - len(foot) - _LEAST_BODY, 2)
        hint = self.hint(desk, width)
        if hint:
            hint = [Text(), *_cut(hint, most, self._words)]
        body = [*self.message(desk, width), Text(), *self.tasks(desk)]
        room = max(height - len(head) - len(hint) - len(foot) - 1, 1)
        desk.scroll = min(desk.scroll, max(len(body) - room, 0))
        body = _cut(body[desk.scroll :], room, self._words)
        above = [*head, *body, *[Text()] * (room - len(body)), *hint, Text()]
        return [*above[: max(height - len(foot), 0)], *foot][-height:]

    def head(self, desk: Desk, width: int) -> list[Text]:
        """Return title, bar and files, a line each."""
        kata, words = desk.kata, self._words
        first = Text.assemble((kata.id, "bold"), "  ", kata.title.get(words.language))
        where = words("kata of", *desk.place)
        first.append(where.rjust(max(width - first.cell_len, len(where) + 2)), "dim")
        done, whole = desk.solved
        full = _BAR * done // max(whole, 1)
        bar = Text.assemble(
            (self._sign("━", "#") * full, "green"),
            (self._sign("─", ".") * (_BAR - full), "dim"),
            f"  {words('solved of', done, whole)}",
        )
        page = page_of(kata, words.language)
        files = Text.assemble(
            "  ",
            (f"{shown(kata.folder)}/", _link(kata.folder)),
            "   o ",
            (page.name, _link(page)),
            "   e ",
            (kata.stub_file.name, _link(kata.stub_file)),
        )
        return [first, bar, files]

    def message(self, desk: Desk, width: int) -> list[Text]:
        """Return the current task, and what its red test that matters most has said."""
        kata, words = desk.kata, self._words
        number = desk.red.task if desk.red is not None else desk.task
        lines = [self._title(kata, number)]
        mine = [test for test in desk.tests.values() if test.task == number]
        green = sum(test.passed for test in mine)
        lines[0].append(f"   {words('green', green)}" if green else "", "dim")
        if desk.red is None:
            return lines
        style = "dim" if desk.is_old else ""
        lines.append(Text.assemble(self._screen.mark(False), " ", (desk.red.test, "bold")))
        said = [in_language(desk.red.message, kata.folder, words.language)]
        said += [words("not ours")] if desk.red.cause == "fixture" else []
        lines += [line for one in said for line in self._indented(one, width, style)]
        red = [test for test in desk.tests.values() if not test.passed]
        others = sum(is_begun(test, desk.untouched) for test in red)
        others -= is_begun(desk.red, desk.untouched)
        if others > 0 and not desk.is_old:
            lines.append(Text(f"{_INDENT}{words('more red', others)}", "dim"))
        return lines

    def tasks(self, desk: Desk) -> list[Text]:
        """Return a line for each task but the one whose message is shown."""
        shown_task = desk.red.task if desk.red is not None else desk.task
        numbers: list[int | None] = list(range(1, len(desk.kata.tasks) + 1))
        if any(test.task is None for test in desk.tests.values()):
            numbers.append(None)
        return [self._task(desk, one) for one in numbers if one != shown_task]

    def hint(self, desk: Desk, width: int) -> list[Text]:
        """Return the hint that was asked for, under its title; nothing if none was."""
        title, said = desk.hint
        if not title:
            return []
        lines = [Text(title, "bold magenta")]
        return lines + [line for one in said for line in self._indented(one, width)]

    def status(self, desk: Desk) -> list[Text]:
        """Return what is to be known just now: nothing, or a line."""
        return [line] if (line := self._status(desk)) else []

    def keys(self, desk: Desk) -> Text:
        """Return what the keys do."""
        name = "keys" if desk.listing is None else "keys of list"
        return Text(self._words(name), "dim")

    def _frame_of_list(self, desk: Desk, listing: Listing, height: int) -> list[Text]:
        head = [self.head(desk, 0)[1], Text()]
        if listing.is_searching or listing.query:
            head[1] = Text(self._words("search", listing.query))
        foot = [Text(), self._status(desk), self.keys(desk)]
        lines = listing.lines(self._screen)
        room = max(height - len(head) - len(foot), 1)
        start = min(max(listing.place() - room // 2, 0), max(len(lines) - room, 0))
        lines = lines[start : start + room]
        return [*head, *lines, *[Text()] * (room - len(lines)), *foot][-height:]

    def _title(self, kata: Kata, number: int | None) -> Text:
        if number is None:
            return Text(self._words("other tests"), "bold")
        title = kata.tasks[number - 1].title.get(self._words.language)
        return Text.assemble((self._words("task", number), "bold"), "  ", title)

    def _task(self, desk: Desk, number: int | None) -> Text:
        tests = [test for test in desk.tests.values() if test.task == number]
        red = [test for test in tests if not test.passed]
        words = self._words
        if not tests:
            note, mark = words("not run"), self._screen.mark(None)
        elif not red:
            note, mark = "", self._screen.mark(True)
        elif not any(is_begun(test, desk.untouched) for test in red):
            note, mark = words("not begun"), self._screen.mark(None)
        else:
            note, mark = words("red", len(red), len(tests)), self._screen.mark(False)
        line = Text.assemble(mark, " ", self._title(desk.kata, number))
        return line.append(f"   {note}" if note else "", "dim")

    def _status(self, desk: Desk) -> Text:
        style = "bold green" if desk.is_good and not desk.notice else ""
        return Text(plain(desk.notice or desk.outcome).replace("\n", " "), style)

    def _indented(self, message: str, width: int, style: str = "") -> list[Text]:
        wide = max(width - len(_INDENT) - 1, 20)
        lines = broken(plain(message), style, self._screen, wide)
        return [Text(_INDENT).append_text(line) for line in lines]

    def _sign(self, sign: str, instead: str) -> str:
        try:
            sign.encode(self._screen.encoding)
        except (LookupError, UnicodeEncodeError):
            return instead
        return sign


def outcome_of(verdict: KataVerdict, kata: Kata, is_last: bool, words: Words) -> str:
    """Say in one line how a run ended."""
    if verdict.fault:
        return words("no verdict", verdict.fault)
    if verdict.solved:
        page = shown(page_of(kata, words.language))
        return words("last solved" if is_last else "solved", page)
    said = words("green of", len(verdict.tests) - len(verdict.red), len(verdict.tests))
    waiting = verdict.describe_waiting(kata)
    return f"{said} {waiting[:1].upper()}{waiting[1:]}." if waiting else said


def _cut(lines: list[Text], room: int, words: Words) -> list[Text]:
    """Return as many lines as there is room for; the last one says how many are left."""
    if len(lines) <= room:
        return lines
    kept = lines[: max(room - 1, 0)]
    return [*kept, Text(f"{_INDENT}{words('below', len(lines) - len(kept))}", "dim")]


def _link(path: Path) -> Style:
    return Style(link=path.absolute().as_uri())


def words_only(lines: Iterable[Text]) -> str:
    """Return what lines say, without colours."""
    return re.sub(r"[^\S\n]+$", "", "\n".join(line.plain for line in lines), flags=re.MULTILINE)
