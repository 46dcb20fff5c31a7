"""Keep a learner company: run the tests of one kata whenever its files are saved.

`Course` knows which kata and which hint, `Watch` what changed, `Runs` has the verdicts made;
`Companion` joins them, a key or event at a time; only `keep_company` needs a terminal.
"""

from __future__ import annotations

from pathlib import Path

from dojo.catalog.kata import CatalogError, Kata, Language, load_catalog
from dojo.catalog.progress import standing
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.engines.templates import EngineError
from dojo.ground.exits import Exit, Stop
from dojo.terminal import screen as show
from dojo.terminal.course import Course
from dojo.terminal.keyboard import raw_keys
from dojo.terminal.runs import Runs, Watch

POLL_S = 0.1
_KEYS = "h hint   r run again   l list   n next kata   p previous   q quit"


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
                show.show_catalogue(self._screen, course.katas, standing, self._language)
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
