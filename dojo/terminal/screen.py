"""Show the catalogue, verdicts, hints and checks, 80 columns wide.

Whatever comes from tests is `rich.text.Text`, never markup: messages are full of brackets.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, ClassVar

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dojo.catalog.kata import Kata, Language
from dojo.catalog.progress import Standing
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.ground.paths import find_root
from dojo.ground.safe_text import plain
from dojo.language import OWN, in_language
from dojo.language.breaking import broken
from dojo.place.state import language_here

_LONGEST_SAID = 100_000
# Causes of a red test of which something was recorded.
_TO_BE_SEEN = ("assertion", "exception", "hang")
_MARKS = {True: ("✓", "+", "green"), False: ("✗", "x", "red"), None: ("·", "-", "dim")}


class Screen(Console):
    """A Rich console that keeps quiet when nobody reads any more."""

    _language: ClassVar[Language | None] = None

    def __init__(self, stream: IO[str] | None = None) -> None:
        """Write to `stream` (standard output), in colour only on a terminal without NO_COLOR."""
        stream = stream or sys.stdout
        is_terminal = stream.isatty()
        is_coloured = is_terminal and not os.environ.get("NO_COLOR")
        super().__init__(
            file=stream,
            force_terminal=is_terminal,
            color_system="auto" if is_coloured else None,
            highlight=False,
            markup=False,
            emoji=False,
            # In a pipe, Rich would take the width of a terminal that nobody looks at.
            width=None if is_terminal or "COLUMNS" in os.environ else 80,
        )

    @classmethod
    def speak(cls, language: Language) -> None:
        """Have all of this process, and what it starts, speak a language that was asked for."""
        cls._language = language
        os.environ["DOJO_LANG"] = language

    def on_broken_pipe(self) -> None:
        """Write no more: the reader of our pipe has seen enough."""
        self.quiet = True
        silence_stdout()

    def say(self, text: str = "", style: str = "") -> None:
        """Print one line that is never broken: a path, a command, a next step.

        In it may be names that anybody gave, and faults that quote them: no terminal obeys them,
        and no runner of a workflow.
        """
        self.put(self.words(plain(text, _LONGEST_SAID)), style)

    def put(self, text: str, style: str = "") -> None:
        """Print one line that is somebody else's, or in the reader's language already."""
        self.print(Text(plain(text, _LONGEST_SAID), style), soft_wrap=True)

    @property
    def language(self) -> Language:
        """Return the language of whoever reads it."""
        return Screen._language or language_here(find_root())

    def words(self, text: str) -> str:
        """Return a text of ours in the language of whoever reads it, as far as it is known."""
        return in_language(text, OWN, self.language)

    def say_json(self, record: dict[str, Any]) -> None:
        """Print a record on one line, as it is: for a program that reads it."""
        # Not changed by being made harmless: a bracket is written as JSON can write it too.
        line = json.dumps(record).replace("##[", "##\\u005b")
        self.print(Text(line), soft_wrap=True)

    def mark(self, is_good: bool | None) -> Text:
        """Return the sign of good, bad or unknown, in what the encoding can do."""
        sign, instead, style = _MARKS[is_good]
        return Text(sign if self.can_write(sign) else instead, style)

    def can_write(self, signs: str) -> bool:
        """Say whether the encoding of what is written has these signs."""
        try:
            signs.encode(self.encoding)
        except (LookupError, UnicodeEncodeError):
            return False
        return True


def silence_stdout() -> None:
    """Point standard output to nowhere, so that the last flush finds no broken pipe."""
    with contextlib.suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)


def shown(path: Path) -> str:
    """Return `path` as a person at the working directory would type it."""
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def page_of(kata: Kata, language: Language) -> Path:
    """Return the kata's page in `language`; the English one if there is no other."""
    page = kata.folder / f"README.{language}.md"
    return page if page.exists() else kata.folder / "README.md"


def show_catalogue(
    screen: Screen, katas: list[Kata], standing: Callable[[Kata], Standing], language: Language
) -> None:
    """Print one row a kata: solved or not, id, track, title, and what else is known of it."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(4):
        table.add_column(overflow="fold")
    for kata in katas:
        found = standing(kata)
        mark = screen.mark(found.solved or None)
        title = Text(kata.title.get(language))
        if found.changed or found.seen:
            title.append(f"  ({screen.words(found.said)})", "dim")
        table.add_row(mark, Text(kata.id, "bold"), Text(kata.track), title)
    screen.print(table)


def describe(kata: Kata, done: list[int], standing: Standing, language: Language) -> dict[str, Any]:
    """Return what `dojo list --json` says of a kata of which the tasks `done` are solved."""
    tasks = [
        {
            "number": number,
            "title": task.title.get(language),
            "points": task.points,
            "solved": number in done,
        }
        for number, task in enumerate(kata.tasks, start=1)
    ]
    return {
        "id": kata.id,
        "number": kata.number,
        "track": kata.track,
        "title": kata.title.get(language),
        "folder": str(kata.folder),
        "solved": all(task["solved"] for task in tasks),
        "changed": standing.changed,
        "seen": standing.seen,
        "tasks": tasks,
    }


def show_heading(screen: Screen, kata: Kata, language: Language) -> None:
    """Print the kata's id and title."""
    screen.print(Text.assemble((kata.id, "bold"), "  ", kata.title.get(language)))


def show_task(screen: Screen, kata: Kata, number: int | None, language: Language) -> None:
    """Print the title of one task; of no task, what stands over tests that no task lists."""
    if number is None:
        screen.print(Text(screen.words("Other tests"), "bold"))
        return
    title = kata.tasks[number - 1].title.get(language)
    screen.print(Text.assemble((screen.words(f"Task {number}"), "bold"), "  ", title))


def show_test(screen: Screen, test: TestVerdict) -> None:
    """Print one test's mark and name."""
    screen.print(Text.assemble("  ", screen.mark(test.passed), " ", test.test))


def show_verdict(screen: Screen, kata: Kata, verdict: KataVerdict, language: Language) -> None:
    """Print all tests of one kata, task by task."""
    show_heading(screen, kata, language)
    for number in [*range(1, len(kata.tasks) + 1), None]:
        tests = [test for test in verdict.tests if test.task == number]
        if tests:
            screen.say()
            show_task(screen, kata, number, language)
        for test in tests:
            show_test(screen, test)
    show_waiting(screen, kata, verdict)


def show_waiting(screen: Screen, kata: Kata, verdict: KataVerdict) -> None:
    """Print which tasks wait for a red one; nothing if none does."""
    if said := verdict.describe_waiting(kata):
        screen.say()
        screen.print(Text.assemble("  ", screen.mark(None), f" {screen.words(said)}"))


def show_red(
    screen: Screen,
    kata: Kata,
    verdict: KataVerdict,
    see_rest: str,
    language: Language,
    *,
    every: bool = False,
) -> None:
    """Print the message of the first red test, and how many more there are.

    Args:
        screen: Where to.
        kata: Whose tests.
        verdict: What happened; nothing is printed when no test is red.
        see_rest: What the person does to see the other messages.
        language: Of the messages.
        every: Print all messages instead.
    """
    red = verdict.red
    for test in red if every else red[:1]:
        screen.say()
        screen.print(Text.assemble(screen.mark(False), " ", (test.test, "bold")))
        show_indented(screen, in_language(test.message, kata.folder, language))
        if test.cause == "fixture":
            show_indented(screen, "Not your code's fault: 'dojo doctor' looks for the cause.")
    more = len(red) - 1
    if more > 0 and not every:
        screen.say()
        screen.say(f"{more} more test{'s are' if more > 1 else ' is'} red; {see_rest}")


def show_hint(screen: Screen, kata: Kata, task: int, tier: int, language: Language) -> None:
    """Print one tier of one task's hints."""
    show_task(screen, kata, task, language)
    screen.say(f"Hint {tier} of 3", "dim")
    show_indented(screen, kata.tasks[task - 1].hints.get(language)[tier - 1])


def show_check(screen: Screen, name: str, ok: bool, said: str, cure: str) -> None:
    """Print one check of the environment, and its cure when there is one; its name has a colon."""
    said = screen.words(_clean(said))
    screen.print(Text.assemble(screen.mark(ok), " ", (name, "bold"), said))
    if cure:
        screen.say(f"    {_clean(cure)}")


def show_next_step(
    screen: Screen, kata: Kata, verdict: KataVerdict, following: Kata | None, language: Language
) -> None:
    """Print what to do after a run of `kata`; `following` is the first unsolved one now."""
    number = kata.called
    screen.say()
    if verdict.solution != "learner":
        screen.say(f"This was {verdict.solution}. Next, your own file: dojo run {number}")
    elif not verdict.solved:
        task = next((test.task for test in verdict.red if test.task), 1)
        screen.say(f"Next: edit {shown(kata.stub_file)}, then: dojo run {number}")
        red = next((one for one in verdict.red if one.cause in _TO_BE_SEEN), None)
        if red is not None:
            screen.say(f"See it: dojo replay {number} {shlex.quote(red.test)}")
        screen.say(f"Hint: dojo hint {number} {task}")
    elif following is None:
        if kata.pack.is_own:
            screen.say("Solved, and so are all katas. Next: 'dojo list' shows them.")
        else:
            pack = kata.pack.name
            screen.say(f"Solved, and so are all katas of {pack}. Next: 'dojo list' shows them.")
    else:
        page = shown(page_of(following, language))
        screen.say(f"Solved. Next: read {page}, then: dojo run {following.called}")


def show_indented(screen: Screen, message: str) -> None:
    """Print a message, its long lines broken between words, four columns further in."""
    for line in broken(_clean(message), "", screen, max(screen.width - 4, 20)):
        line.rstrip()
        screen.put(f"    {line.plain}".rstrip())


def _clean(message: str) -> str:
    """Drop escapes: what a solution printed must not drive the learner's terminal."""
    return message.replace("\x1b", "")
