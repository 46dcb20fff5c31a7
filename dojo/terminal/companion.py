"""Keep a learner company: run the tests of one kata whenever its files are saved.

`Course` and `Watch` know which kata, which hint and what changed; `Runs` has the verdicts made in
a thread; `Companion` joins them, a key or event at a time; only `keep_company` needs a terminal.
"""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dojo.catalog.kata import CatalogError, Kata, Language, load_catalog
from dojo.catalog.progress import is_solved, solved_tasks
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.engines.templates import EngineError
from dojo.ground.exits import Exit, Stop
from dojo.terminal import screen as show
from dojo.terminal.keyboard import raw_keys

if TYPE_CHECKING:
    from dojo.warm.client import Warm

POLL_S = 0.1
_END_S = 20
_KEYS = "h hint   r run again   l list   n next kata   p previous   q quit"


def first_unsolved(katas: list[Kata]) -> Kata | None:
    """Return the first kata whose files were not seen green; None if all were."""
    return next((kata for kata in katas if not is_solved(kata)), None)


def first_unsolved_task(kata: Kata) -> int:
    """Return the number of the first task that is not known to be solved; else 1."""
    done = solved_tasks(kata) or []
    return next((task for task in range(1, len(kata.tasks) + 1) if task not in done), 1)


class Course:
    """Where the learner is: the kata, its last verdict, the hints given so far.

    It begins at the first unsolved kata, or at the last if all are solved.
    """

    def __init__(self, katas: list[Kata]) -> None:
        self.katas = katas
        self.kata = first_unsolved(katas) or katas[-1]
        self.verdict: KataVerdict | None = None
        self._tiers: dict[tuple[str, int], int] = {}

    @property
    def position(self) -> int:
        """Return the place of the kata among all, from 0."""
        return next(index for index, kata in enumerate(self.katas) if kata.id == self.kata.id)

    @property
    def is_last(self) -> bool:
        """Say whether no kata follows."""
        return self.position + 1 == len(self.katas)

    def renew(self, katas: list[Kata]) -> None:
        """Take a catalogue that was read again; stay on the same kata, or go to the one after."""
        number = self.kata.number
        self.katas = katas
        self.kata = next((kata for kata in katas if kata.number >= number), katas[-1])

    def go(self, step: int) -> bool:
        """Go some katas forwards or backwards; say whether there is such a kata."""
        target = self.position + step
        if not 0 <= target < len(self.katas):
            return False
        self.kata = self.katas[target]
        self.verdict = None
        return True

    def hint(self) -> tuple[int, int]:
        """Return task and tier of the next hint: the first red task's; the third tier stays."""
        red = self.verdict.red if self.verdict is not None else []
        task = next((test.task for test in red if test.task), None)
        task = task or first_unsolved_task(self.kata)
        tier = min(self._tiers.get((self.kata.id, task), 0) + 1, 3)
        self._tiers[self.kata.id, task] = tier
        return task, tier


class Watch:
    """Tells when a file was saved, by its time and size."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[int, int] | None] = {}

    def changed(self, files: list[Path]) -> list[Path]:
        """Return which files differ from the last look.

        None does at the first look. A missing one does not, since many editors remove a file for
        a moment when they save it.
        """
        found = []
        for path in files:
            try:
                status = path.stat()
            except OSError:
                self._seen.setdefault(path, None)
                continue
            now = status.st_mtime_ns, status.st_size
            if self._seen.get(path, now) != now:
                found.append(path)
            self._seen[path] = now
        return found


class Runs:
    """One run at a time, each in a thread; what it says waits in `events`."""

    def __init__(self, warm: Warm) -> None:
        self.events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._warm = warm
        self._thread: threading.Thread | None = None
        self._next: Kata | None = None

    @property
    def busy(self) -> bool:
        """Say whether a run goes on whose end was not yet taken notice of."""
        return self._thread is not None

    def ask(self, kata: Kata) -> None:
        """Have `kata` run on the learner's file: at once, or after the run that goes on."""
        if self._thread is not None:
            self._next = kata
            return
        self.events.put(("start", kata))
        self._thread = threading.Thread(target=self._run, args=(kata,), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Take notice of a run's end; start the one that waits."""
        self._thread = None
        waiting, self._next = self._next, None
        if waiting is not None:
            self.ask(waiting)

    def stop(self) -> None:
        """End the run that goes on and all processes."""
        self._warm.close()
        if self._thread is not None:
            self._thread.join(_END_S)
            # A run that was cut short may have asked for a new parent before it gave up.
            self._warm.close()

    def _run(self, kata: Kata) -> None:
        try:
            verdict = self._warm.run(kata, "learner", lambda test: self.events.put(("test", test)))
            self.events.put(("verdict", verdict))
        except Exception as error:
            self.events.put(("error", error))


class Companion:
    """Answers keys, saved files and what the runs say."""

    def __init__(
        self, root: Path, course: Course, runs: Runs, screen: show.Screen, language: Language
    ) -> None:
        self._root = root
        self._course = course
        self._runs = runs
        self._screen = screen
        self._language = language
        self._watch = Watch()
        self._running = ""
        self._task: int | None = 0
        self._is_warm = False

    def begin(self) -> None:
        """Ask for a verdict on the kata as it is now."""
        self._watch.changed(self._files())
        if self._runs.busy:
            self._show_kata()
            self._screen.say("The other kata's run ends first.", "dim")
        self._runs.ask(self._course.kata)

    def press(self, key: str) -> bool:
        """Do what a key asks for; say whether to go on."""
        course = self._course
        if key in ("h", "l"):
            self._screen.say()
            if key == "h":
                show.show_hint(self._screen, course.kata, *course.hint(), self._language)
            else:
                show.show_catalogue(self._screen, course.katas, is_solved, self._language)
            self._screen.say(_KEYS, "dim")
        elif key == "r":
            self._run()
        elif key in ("n", "p") and course.go(1 if key == "n" else -1):
            self.begin()
        elif key in ("n", "p"):
            self._screen.say(f"This is the {'last' if key == 'n' else 'first'} kata.")
        return key != "q"

    def look(self) -> None:
        """Run the tests if a file was saved since the last look."""
        if self._watch.changed(self._files()):
            self._run()

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
                self._screen.say(str(what), "dim")
            elif kind == "start":
                self._start(what)
            elif kind == "test" and is_current:
                self._show_test(what)
            elif kind == "verdict":
                self._is_warm = True
                if is_current:
                    self._show_verdict(what)
                self._runs.end()

    def _run(self) -> None:
        try:
            if katas := load_catalog(self._root):
                self._course.renew(katas)
        except CatalogError as error:
            self._screen.say(f"{error}; the tests run when it is mended")
            return
        if self._runs.busy:
            self._screen.say("The tests run again as soon as this run has ended.", "dim")
        self._runs.ask(self._course.kata)

    def _start(self, kata: Kata) -> None:
        self._running = kata.id
        self._task = 0
        if kata.id == self._course.kata.id:
            self._show_kata()
        if not self._is_warm:
            self._screen.say("Starting the engines: about five seconds, once ...", "dim")

    def _show_kata(self) -> None:
        where = f"{self._course.position + 1} of {len(self._course.katas)}"
        show.show_desk(self._screen, self._course.kata, where, self._language)

    def _show_test(self, test: TestVerdict) -> None:
        if test.task != self._task:
            self._task = test.task
            self._screen.say()
            show.show_task(self._screen, self._course.kata, test.task, self._language)
        show.show_test(self._screen, test)

    def _show_verdict(self, verdict: KataVerdict) -> None:
        self._course.verdict = verdict
        kata = self._course.kata
        show.show_waiting(self._screen, kata, verdict)
        show.show_red(self._screen, verdict, f"'dojo run {kata.number:02d} --all' shows why")
        show.show_outcome(self._screen, kata, verdict, self._course.is_last, self._language)
        self._screen.say(_KEYS, "dim")

    def _files(self) -> list[Path]:
        kata = self._course.kata
        return [kata.stub_file, kata.test_file, kata.folder / "kata.toml"]


def keep_company(katas: list[Kata], language: Language) -> None:
    """Be the companion on this terminal until the learner quits.

    Args:
        katas: The catalogue, not empty.
        language: Of titles and hints.

    Raises:
        Stop: An engine does not start.
    """
    from dojo.warm.client import Warm

    root = katas[0].root
    screen = show.Screen()
    runs = Runs(Warm(root, say=lambda line: runs.events.put(("say", line))))
    companion = Companion(root, Course(katas), runs, screen, language)
    try:
        with raw_keys() as read_keys:
            companion.begin()
            going = True
            while going:
                companion.hear()
                companion.look()
                going = all(companion.press(key) for key in read_keys(POLL_S))
    finally:
        screen.say("Ending ...", "dim")
        runs.stop()
    screen.say("Next: 'dojo' goes on where you were.")
