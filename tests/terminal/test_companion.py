"""Test the companion: its logic without a terminal, then the program on a real one."""

from __future__ import annotations

import contextlib
import io
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dojo.catalog.kata import Kata, load_catalog
from dojo.catalog.progress import fingerprint, record_progress
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.engines.templates import EngineError
from dojo.ground.exits import Exit, Stop
from dojo.terminal.companion import Companion
from dojo.terminal.course import Course
from dojo.terminal.runs import Runs, Watch
from dojo.terminal.screen import Screen
from tests.made_up_katas import write_checkout

STUB = "def one():\n    raise NotImplementedError\n"
SOLVED = "def one():\n    return 1\n"
TESTS = "def test_one_is_one(solution):\n    assert solution.one() == 1, 'one() is not [1]'\n"
TOML = """
number = {number}
slug = "{slug}"
track = "prefect"
needs = []
title = {{ en = "The {slug}", fr = "Le {slug}" }}
[[tasks]]
points = 10
tests = ["test_one_is_one"]
title = {{ en = "Count to one", fr = "Compter" }}
hints = {{ en = ["look", "think", "write"], fr = ["vois", "pense", "ecris"] }}
"""
DEADLINE_S = 60


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "checkout"
    for number, slug in ((1, "alpha"), (2, "beta"), (3, "gamma")):
        folder = root / "katas" / f"{number:02d}_{slug}"
        folder.mkdir(parents=True)
        (folder / "kata.toml").write_text(TOML.format(number=number, slug=slug))
        (folder / f"{slug}.py").write_text(STUB)
        (folder / f"test_{slug}.py").write_text(TESTS)
        (folder / "README.md").write_text("page")
    write_checkout(root)
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DOJO_LANG", "en")
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(root)
    return root


def verdict_on(kata: Kata) -> KataVerdict:
    passed = kata.stub_file.read_text() == SOLVED
    cause = "passed" if passed else "assertion"
    message = "" if passed else "one() is not [1]"
    test = TestVerdict("test_one_is_one", 1, passed, cause, message, 0.1)
    return KataVerdict(kata.id, "learner", (test,), 0.1)


class FakeWarm:
    """Gives a verdict at once, or what `fails` says; remembers what was run."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.closed = 0
        self.fails: Exception | None = None

    def run(self, kata: Kata, _: str, on_test: Callable[[TestVerdict], None]) -> KataVerdict:
        self.ran.append(kata.id)
        if self.fails is not None:
            raise self.fails
        verdict = verdict_on(kata)
        for test in verdict.tests:
            on_test(test)
        return verdict

    def close(self) -> None:
        self.closed += 1


class Desk:
    """A companion with a fake warm parent and a screen that can be read."""

    def __init__(self, root: Path) -> None:
        self.warm = FakeWarm()
        self.paper = io.StringIO()
        self.runs = Runs(self.warm)  # type: ignore[arg-type]
        self.course = Course(load_catalog(root))
        screen = Screen(self.paper)
        self.companion = Companion(root, self.course, self.runs, screen, "en")

    def settle(self) -> str:
        """Hear until no run goes on; return what was shown since the last time."""
        end = time.monotonic() + DEADLINE_S
        self.companion.hear()
        while self.runs.busy:
            assert time.monotonic() < end
            time.sleep(0.001)
            self.companion.hear()
        shown = self.paper.getvalue()
        self.paper.seek(0)
        self.paper.truncate()
        return shown


@pytest.fixture
def desk(checkout: Path) -> Desk:
    desk = Desk(checkout)
    desk.companion.begin()
    return desk


# The course


def test_course_begins_at_first_unsolved(checkout: Path):
    katas = load_catalog(checkout)
    katas[0].stub_file.write_text(SOLVED)
    record_progress(katas[0], verdict_on(katas[0]), fingerprint(katas[0]))
    assert Course(katas).kata.id == "02_beta"


def test_course_of_solved_katas_begins_at_last(checkout: Path):
    katas = load_catalog(checkout)
    for kata in katas:
        kata.stub_file.write_text(SOLVED)
        record_progress(kata, verdict_on(kata), fingerprint(kata))
    assert Course(katas).kata.id == "03_gamma"


def test_course_stops_at_both_ends(checkout: Path):
    course = Course(load_catalog(checkout))
    assert not course.go(-1)
    assert course.go(1)
    assert course.go(1)
    assert course.is_last
    assert not course.go(1)
    assert course.kata.id == "03_gamma"


def test_hint_tiers_advance_to_the_third(checkout: Path):
    course = Course(load_catalog(checkout))
    assert [course.hint() for _ in range(4)] == [(1, 1), (1, 2), (1, 3), (1, 3)]
    course.go(1)
    assert course.hint() == (1, 1)


def test_hint_is_for_first_red_task(checkout: Path):
    course = Course(load_catalog(checkout))
    green = TestVerdict("test_a", 1, True, "passed", "", 0.1)
    red = TestVerdict("test_b", 2, False, "assertion", "no", 0.1)
    course.verdict = KataVerdict("01_alpha", "learner", (green, red), 0.1)
    assert course.hint() == (2, 1)


def test_kata_that_vanished_gives_the_next(checkout: Path):
    katas = load_catalog(checkout)
    course = Course(katas)
    course.renew(katas[1:])
    assert course.kata.id == "02_beta"


# The watch


def test_first_look_sees_no_change(tmp_path: Path):
    file = tmp_path / "file.py"
    file.write_text("1")
    watch = Watch()
    assert watch.changed([file]) == []
    assert watch.changed([file]) == []


def test_saved_file_is_seen_once(tmp_path: Path):
    file = tmp_path / "file.py"
    file.write_text("1")
    watch = Watch()
    watch.changed([file])
    file.write_text("12")
    assert watch.changed([file]) == [file]
    assert watch.changed([file]) == []


def test_same_size_save_is_seen_by_time(tmp_path: Path):
    file = tmp_path / "file.py"
    file.write_text("1")
    watch = Watch()
    watch.changed([file])
    os.utime(file, ns=(1, 1))
    assert watch.changed([file]) == [file]


def test_file_replaced_by_editor_is_seen_when_back(tmp_path: Path):
    file = tmp_path / "file.py"
    file.write_text("1")
    watch = Watch()
    watch.changed([file])
    file.unlink()
    assert watch.changed([file]) == []
    file.write_text("new")
    assert watch.changed([file]) == [file]


def test_file_that_appears_later_is_seen(tmp_path: Path):
    file = tmp_path / "file.py"
    watch = Watch()
    assert watch.changed([file]) == []
    file.write_text("1")
    assert watch.changed([file]) == [file]


# The companion without a terminal


def test_beginning_shows_desk_and_first_verdict(desk: Desk):
    lines = desk.settle().splitlines()
    assert lines[:4] == [
        "01_alpha  The alpha",
        "  kata  1 of 3",
        "  read  katas/01_alpha/README.md",
        "  edit  katas/01_alpha/alpha.py   (the tests run when you save it)",
    ]
    assert "Starting the engines: about five seconds, once ..." in lines
    assert "Task 1  Count to one" in lines
    assert lines.count("  ✗ test_one_is_one") == 1
    assert "    one() is not [1]" in lines
    assert lines[-2] == "0 of 1 tests are green."
    assert lines[-1].startswith("h hint")


def test_waiting_tasks_are_neither_red_nor_green(checkout: Path):
    toml = checkout / "katas/01_alpha/kata.toml"
    head, task = toml.read_text().split("[[tasks]]")
    later = [task.replace("test_one_is_one", f"test_{name}") for name in ("two", "three")]
    toml.write_text("in_order = true\n" + "[[tasks]]".join([head, task, *later]))
    desk = Desk(checkout)
    desk.companion.begin()
    lines = desk.settle().splitlines()
    assert "  · tasks 2 to 3 wait for task 1" in lines
    assert "Task 2  Count to one" not in lines
    assert lines[-2] == "0 of 1 tests are green."


def test_saved_file_is_run_again(desk: Desk, checkout: Path):
    desk.settle()
    desk.companion.look()
    assert desk.warm.ran == ["01_alpha"]
    (checkout / "katas/01_alpha/alpha.py").write_text(SOLVED)
    desk.companion.look()
    shown = desk.settle()
    assert desk.warm.ran == ["01_alpha", "01_alpha"]
    assert "Starting" not in shown
    assert "Solved: what it teaches is in katas/01_alpha/README.md; press n to go on." in shown


@pytest.mark.parametrize("name", ["test_alpha.py", "kata.toml"])
def test_saved_tests_or_catalogue_are_run_again(desk: Desk, checkout: Path, name: str):
    desk.settle()
    path = checkout / "katas/01_alpha" / name
    path.write_text(f"{path.read_text()}\n")
    desk.companion.look()
    desk.settle()
    assert len(desk.warm.ran) == 2


def test_broken_catalogue_waits_for_its_repair(desk: Desk, checkout: Path):
    desk.settle()
    path = checkout / "katas/01_alpha/kata.toml"
    good = path.read_text()
    path.write_text("number = [")
    desk.companion.look()
    shown = desk.settle()
    assert "01_alpha/kata.toml is not TOML" in shown
    assert "; the tests run when it is mended" in shown
    assert len(desk.warm.ran) == 1
    path.write_text(good)
    desk.companion.look()
    desk.settle()
    assert len(desk.warm.ran) == 2


def test_save_during_run_is_run_afterwards(desk: Desk, checkout: Path):
    assert desk.runs.busy
    (checkout / "katas/01_alpha/alpha.py").write_text(SOLVED)
    desk.companion.look()
    desk.companion.press("r")
    shown = desk.settle()
    assert "The tests run again as soon as this run has ended." in shown
    assert len(desk.warm.ran) == 2
    assert "Solved" in shown


def test_keys_lead_through_the_katas(desk: Desk):
    desk.settle()
    assert desk.companion.press("p")
    assert "This is the first kata." in desk.settle()
    desk.companion.press("n")
    assert "02_beta  The beta" in desk.settle()
    desk.companion.press("n")
    desk.settle()
    desk.companion.press("n")
    assert "This is the last kata." in desk.settle()
    desk.companion.press("p")
    desk.settle()
    assert desk.warm.ran == ["01_alpha", "02_beta", "03_gamma", "02_beta"]


def test_other_katas_run_is_not_shown(desk: Desk):
    desk.companion.press("n")
    shown = desk.settle()
    assert "The other kata's run ends first." in shown
    assert shown.count("test_one_is_one") == 2
    assert desk.course.verdict is not None
    assert desk.course.verdict.kata == "02_beta"


def test_hint_key_gives_next_tier(desk: Desk):
    desk.settle()
    shown = []
    for _ in range(3):
        desk.companion.press("h")
        shown.append(desk.settle())
    assert [("look" in one, "think" in one, "write" in one) for one in shown] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


def test_list_key_shows_catalogue(desk: Desk):
    desk.settle()
    assert desk.companion.press("l")
    assert "03_gamma" in desk.settle()


def test_run_key_runs_again(desk: Desk):
    desk.settle()
    desk.companion.press("r")
    desk.settle()
    assert desk.warm.ran == ["01_alpha", "01_alpha"]


def test_unknown_key_does_nothing(desk: Desk):
    desk.settle()
    assert desk.companion.press("x")
    assert desk.settle() == ""


def test_quit_key_ends(desk: Desk):
    assert not desk.companion.press("q")


def test_last_kata_solved_says_so(desk: Desk, checkout: Path):
    (checkout / "katas/03_gamma/gamma.py").write_text(SOLVED)
    desk.companion.press("n")
    desk.companion.press("n")
    assert "this was the last kata." in desk.settle()


def test_run_without_verdict_offers_another(desk: Desk):
    desk.settle()
    desk.runs.events.put(("verdict", KataVerdict("01_alpha", "learner", (), 0.1, "it was killed")))
    desk.companion.hear()
    assert "No verdict: it was killed; r tries again, or: dojo doctor" in desk.settle()


def test_engine_that_fails_stops_with_environment(desk: Desk):
    desk.settle()
    desk.warm.fails = EngineError("no room on disk")
    desk.companion.press("r")
    with pytest.raises(Stop, match="no room on disk") as stopped:
        desk.settle()
    assert stopped.value.code == Exit.ENVIRONMENT


def test_unforeseen_error_is_not_swallowed(desk: Desk):
    desk.settle()
    desk.warm.fails = ZeroDivisionError("a fault of the dojo")
    desk.companion.press("r")
    with pytest.raises(ZeroDivisionError, match="a fault of the dojo"):
        desk.settle()


def test_stop_closes_the_warm_parent(desk: Desk):
    desk.settle()
    desk.runs.stop()
    assert desk.warm.closed == 1


# The program on a real terminal


class Player:
    """Somebody at a pseudo-terminal."""

    def __init__(self, root: Path, temporary: Path) -> None:
        import fcntl
        import pty
        import termios

        self.master, self.terminal = pty.openpty()
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, b"\x18\x00\x78\x00\x00\x00\x00\x00")
        self.modes = termios.tcgetattr(self.terminal)
        self._marks = root, temporary
        self._shown = ""

        def take_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [sys.executable, "-m", "dojo"],
            cwd=root,
            env={**os.environ, "TMPDIR": str(temporary), "COLUMNS": "120"},
            stdin=self.terminal,
            stdout=self.terminal,
            stderr=self.terminal,
            start_new_session=True,
            preexec_fn=take_terminal,
        )

    def press(self, key: str) -> None:
        os.write(self.master, key.encode())

    def sees(self, wanted: str) -> str:
        """Read until `wanted` is shown; return and forget what came up to it."""
        end = time.monotonic() + DEADLINE_S
        while wanted not in self._shown:
            assert time.monotonic() < end, f"{wanted!r} is not in {self._shown!r}"
            self._read()
        before, _, self._shown = self._shown.partition(wanted)
        return before + wanted

    def ends_with(self, code: int) -> str:
        end = time.monotonic() + DEADLINE_S
        while self.process.poll() is None:
            assert time.monotonic() < end, self._shown
            self._read()
        self._read()
        assert self.process.returncode == code, self._shown
        return self._shown

    def leaves_nothing(self) -> None:
        import termios

        assert termios.tcgetattr(self.terminal) == self.modes
        end = time.monotonic() + DEADLINE_S
        while left := [*self._processes(), *self._marks[1].glob("dojo-*")]:
            assert time.monotonic() < end, left
            time.sleep(0.02)

    def _read(self) -> None:
        if select.select([self.master], [], [], 0.05)[0]:
            with contextlib.suppress(OSError):
                data = os.read(self.master, 65536).decode(errors="replace")
                self._shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", data)

    def _processes(self) -> Iterator[str]:
        marks = [str(mark) for mark in self._marks]
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = path.read_bytes().decode(errors="replace")
                if any(mark in words for mark in marks):
                    yield words

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.terminal)


@pytest.fixture
def player(checkout: Path, tmp_path: Path) -> Iterator[Player]:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    player = Player(checkout, temporary)
    yield player
    player.close()


on_posix = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


@on_posix
def test_terminal_session_from_red_to_next_kata(player: Player, checkout: Path):
    player.sees("01_alpha  The alpha")
    player.sees("✗ test_one_is_one")
    player.sees("0 of 1 tests are green.")
    player.press("h")
    player.sees("Hint 1 of 3")
    player.press("h")
    player.sees("think")
    (checkout / "katas/01_alpha/alpha.py").write_text(SOLVED)
    player.sees("✓ test_one_is_one")
    player.sees("press n to go on.")
    player.press("n")
    player.sees("02_beta  The beta")
    player.sees("0 of 1 tests are green.")
    player.press("q")
    assert "Traceback" not in player.ends_with(Exit.DONE)
    player.leaves_nothing()


@on_posix
def test_ctrl_c_on_terminal_ends_with_130(player: Player):
    player.sees("q quit")
    player.press("\x03")
    shown = player.ends_with(Exit.INTERRUPTED)
    assert "dojo: interrupted; 'dojo' goes on where you were" in shown
    assert "Traceback" not in shown
    player.leaves_nothing()


@on_posix
def test_quit_while_solution_hangs_ends(player: Player, checkout: Path, tmp_path: Path):
    begun = tmp_path / "begun"
    player.sees("q quit")
    (checkout / "katas/01_alpha/alpha.py").write_text(
        f"import pathlib, time\ndef one():\n    pathlib.Path({str(begun)!r}).touch()\n"
        "    time.sleep(600)\n"
    )
    end = time.monotonic() + DEADLINE_S
    while not begun.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    player.press("q")
    assert "Traceback" not in player.ends_with(Exit.DONE)
    player.leaves_nothing()


@on_posix
def test_terminated_companion_restores_terminal(player: Player):
    player.sees("q quit")
    player.process.terminate()
    assert "Traceback" not in player.ends_with(143)
    player.leaves_nothing()
