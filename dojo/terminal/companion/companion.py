"""Keep a learner company: run the tests of one kata whenever its files are saved.

`Course` knows which kata and which hint, `Watch` what changed, `Runs` has the verdicts made, a face
shows the desk; `Companion` joins them, a key or event at a time, and needs no terminal.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from dojo.catalog.kata import CatalogError, Kata, Language, load_catalog
from dojo.catalog.progress import solved_tasks
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.ground.exits import EngineError, Exit, Stop
from dojo.terminal.companion.course import Course, untouched_tasks
from dojo.terminal.companion.editor import line_of_task, open_in_editor, show_replay
from dojo.terminal.companion.faces import Face
from dojo.terminal.companion.listing import Listing
from dojo.terminal.companion.runs import Runs, Watch
from dojo.terminal.companion.view import Desk, outcome_of
from dojo.terminal.companion.words import Words
from dojo.terminal.screen import page_of, shown

# Who moves on within this time has only passed by: no run is made.
STAY_S = 0.8
# Says, of what the tests said of a kata, what a task behaves like: lines, none if nothing is known.
Alike = Callable[[Kata, KataVerdict, int], list[str]]
Lent = Callable[[], contextlib.AbstractContextManager[None]]


class Companion:
    """Answers keys, saved files and what the runs say."""

    def __init__(
        self,
        root: Path,
        course: Course,
        runs: Runs,
        face: Face,
        language: Language,
        *,
        alike: Alike = lambda *_: [],
        lent: Lent = contextlib.nullcontext,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Show nothing yet.

        Args:
            root: The learner's folder.
            course: Where they are.
            runs: Makes the verdicts.
            face: Shows it all.
            language: Of what is said.
            alike: Recognises mistakes.
            lent: Gives the terminal to an editor.
            clock: Seconds that only grow.
        """
        self._root = root
        self._course = course
        self._runs = runs
        self._face = face
        self._say = Words(language)
        self._alike = alike
        self._lent = lent
        self._clock = clock
        self._watch = Watch()
        self._running = ""
        self._is_warm = False
        self._alike_shown: list[str] = []
        self._runs_at: float | None = None
        self._solved: dict[str, int] = {}
        self.desk = Desk(course.kata)
        # One line a key: a new one has its place here, and its word in `words`.
        self._keys: dict[str, Callable[[], None]] = {
            "h": self._hint,
            "r": self._run,
            "m": lambda: self.desk.show_next_red(),
            "l": self._list,
            "n": lambda: self._move(1),
            "right": lambda: self._move(1),
            "b": lambda: self._move(-1),
            "left": lambda: self._move(-1),
            "e": lambda: self._open(self._course.kata.stub_file),
            "o": lambda: self._open(page_of(self._course.kata, language)),
            "p": self._replay,
            "down": lambda: self._scroll(1),
            "up": lambda: self._scroll(-1),
            "page down": lambda: self._scroll(10),
            "page up": lambda: self._scroll(-10),
        }

    def begin(self) -> None:
        """Show the kata, and ask for a verdict on it as it is now."""
        self._solved = {kata.id: len(solved_tasks(kata) or []) for kata in self._course.katas}
        self._go(self._course.kata, stays=True)

    def press(self, key: str) -> bool:
        """Do what a key asks for; say whether to go on."""
        listing = self.desk.listing
        takes_letters = listing is not None and (listing.is_searching or listing.is_asking)
        if key in ("end of input", "hang up") or (key in "qQ" and not takes_letters):
            return False
        self.desk.notice = ""
        if listing is not None:
            self._press_in_list(key, listing)
        elif (action := self._keys.get(key.lower())) is not None:
            action()
        self.show()
        return True

    def look(self) -> None:
        """Run the tests if a file was saved since the last look, or if one stayed at a kata."""
        if self._watch.changed(self._files()):
            self._runs_at = None
            self._course.stay()
            self._run()
            self.show()
        elif self._runs_at is not None and self._clock() >= self._runs_at and not self.desk.listing:
            self._stay()
            self.show()

    def hear(self) -> None:
        """Show what the runs have said since.

        Raises:
            Stop: An engine does not start.
        """
        while not self._runs.events.empty():
            kind, what = self._runs.events.get()
            is_current = self._running == self._course.kata.id
            if isinstance(what, EngineError):
                raise Stop(Exit.ENVIRONMENT, str(what))
            if isinstance(what, Exception):
                raise what
            if kind == "say":
                self.desk.outcome = str(what)
            elif kind == "start":
                self._start(what)
            elif kind == "test" and is_current:
                self._take_test(what)
            elif kind == "verdict":
                self._is_warm = True
                if is_current:
                    self._take_verdict(what)
                self._runs.end()
            self.show()

    def show(self) -> None:
        """Have the face show what there is to be seen."""
        self._face.show(self.desk)

    # Where one is

    def _go(self, kata: Kata, *, stays: bool) -> None:
        """Show a kata; run its tests at once, or when one has stayed."""
        if kata.id != self._course.kata.id:
            self._course.go_to(kata)
        course = self._course
        self._runs.forget_waiting()
        self._alike_shown = []
        self._watch = Watch()
        self._watch.changed(self._files())
        self.desk = Desk(
            course.kata,
            (course.position + 1, len(course.katas)),
            course.task,
            self._solved_now(),
            run=self.desk.run,
            outcome="" if stays else self._say("stay"),
        )
        self._show_opened_hint()
        self._runs_at = None if stays else self._clock() + STAY_S
        if stays:
            self._stay()
        self.show()

    def _stay(self) -> None:
        self._runs_at = None
        self._course.stay()
        if self._runs.busy and self._running != self._course.kata.id:
            self.desk.outcome = self._say("waits for other")
        self._runs.ask(self._course.kata, self._course.task, self._course.red)

    def _move(self, step: int) -> None:
        if self._course.go(step):
            self._go(self._course.kata, stays=False)
        else:
            self.desk.notice = self._say("last kata" if step > 0 else "first kata")

    def _solved_now(self) -> tuple[int, int]:
        katas = self._course.katas
        self._solved[self._course.kata.id] = len(solved_tasks(self._course.kata) or [])
        known = sum(self._solved.get(kata.id, 0) for kata in katas)
        return known, sum(len(kata.tasks) for kata in katas)

    # The list

    def _list(self) -> None:
        self.desk.listing = Listing(self._course.katas, self._course.kata, self._say)

    def _press_in_list(self, key: str, listing: Listing) -> None:
        chosen = listing.press(key)
        self.desk.notice = listing.notice
        if chosen is not None:
            self._go(chosen, stays=True)
        elif listing.is_closed:
            self.desk.listing = None

    def _notice(self, name: str, *values: object) -> None:
        self.desk.notice = self._say(name, *values)

    # Hints, messages, files

    def _hint(self) -> None:
        course = self._course
        if (verdict := course.verdict) is not None:
            lines = self._alike(course.kata, verdict, course.task)
            if lines and lines != self._alike_shown:
                self._alike_shown = lines
                told = [*(f"- {one}" for one in lines), self._say("next hint")]
                self.desk.hint = (self._say("alike", course.task), told)
                return
        self._show_hint(course.open_hint())

    def _show_hint(self, tier: int) -> None:
        course = self._course
        said = course.kata.tasks[course.task - 1].hints.get(self._say.language)[tier - 1]
        self.desk.hint = (self._say("hint", tier, course.task), [said])

    def _show_opened_hint(self) -> None:
        """Show the last hint that was opened for the current task, also before a restart."""
        self.desk.hint = ("", [])
        if tier := self._course.tier:
            self._show_hint(tier)

    def _scroll(self, lines: int) -> None:
        self.desk.scroll = max(self.desk.scroll + lines, 0)

    def _open(self, path: Path) -> None:
        line = line_of_task(self._course.kata, self._course.task) if path.suffix == ".py" else 1
        refused = open_in_editor(path, line, self._lent(), os.environ)
        self.desk.notice = refused or self._say("opened", shown(path))

    def _replay(self) -> None:
        """Show what the engine did in the red test whose message is shown."""
        red = self.desk.red.test if self.desk.red else ""
        show_replay(self._course.kata, red, self._lent(), self._say("replays"))

    # Runs

    def _run(self) -> None:
        try:
            if katas := load_catalog(self._root):
                mine = {kata.id for kata in self._course.katas}
                self._course.renew([kata for kata in katas if kata.id in mine] or katas)
        except CatalogError as error:
            self._notice("broken", error)
            return
        if self._runs.busy:
            self._notice("again")
        self._runs.ask(self._course.kata, self._course.task, self._course.red)

    def _start(self, kata: Kata) -> None:
        self._running = kata.id
        if kata.id != self._course.kata.id:
            return
        self.desk.untouched = untouched_tasks(kata)
        self.desk.begin_run(self._say("running", "") if self._is_warm else self._say("starting"))

    def _take_test(self, test: TestVerdict) -> None:
        self.desk.take_test(test)
        self.desk.outcome = self._say("running", len(self.desk.tests))

    def _take_verdict(self, verdict: KataVerdict) -> None:
        course, desk = self._course, self.desk
        was = course.task
        red = course.take(verdict, desk.untouched)
        desk.task, desk.solved, desk.is_good = course.task, self._solved_now(), verdict.solved
        desk.outcome = outcome_of(verdict, course.kata, course.is_last, self._say)
        desk.end_run(verdict.tests, red)
        if course.task != was:
            self._alike_shown = []
            self._show_opened_hint()
        if verdict.solved:
            desk.hint = ("", [])

    def _files(self) -> list[Path]:
        kata = self._course.kata
        return [kata.stub_file, kata.test_file, kata.folder / "kata.toml"]
