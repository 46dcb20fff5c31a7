"""The companion in tmux, at two sizes: from a red stub to quit and back, as a person sees it."""

from __future__ import annotations

import os
import runpy
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dojo.ground.paths import PACKAGE_ROOT
from tests.made_up_katas import write_checkout

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")

STUB = "def one():\n    raise NotImplementedError\n\n\ndef two():\n    raise NotImplementedError\n"
WRONG = STUB.replace("raise NotImplementedError", "return 7", 1)
HALF = STUB.replace("raise NotImplementedError", "return 1", 1)
SOLVED = HALF.replace("raise NotImplementedError", "return 2")
TESTS = """
def test_one_is_one(solution):
    got = solution.one()
    assert got == 1, f"one() gave {got!r}. " + "At 3 a.m. that is a night without customers. " * 9


def test_two_is_two(solution):
    assert solution.two() == 2, "two() is not 2"
"""
TOML = """
number = {number}
slug = "{slug}"
track = "{track}"
needs = []
title = {{ en = "The {slug}", fr = "Le {slug}" }}
[[tasks]]
points = 10
tests = ["test_one_is_one"]
title = {{ en = "Count to one", fr = "Compter" }}
hints = {{ en = ["look", "think", "write"], fr = ["vois", "pense", "ecris"] }}
[[tasks]]
points = 10
tests = ["test_two_is_two"]
title = {{ en = "Count to two", fr = "Compter" }}
hints = {{ en = ["look 2", "think 2", "write 2"], fr = ["vois", "pense", "ecris"] }}
"""
MISTAKE = '''"""Who counts from seven.

Refused by: test_one_is_one
"""
'''
KATAS = ((1, "alpha", "prefect"), (2, "beta", "prefect"), (3, "gamma", "dagster"))
DEADLINE_S = 90


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    for number, slug, track in KATAS:
        folder = root / "katas" / f"{number:02d}_{slug}"
        answers = root / "reference" / folder.name / "answers"
        folder.mkdir(parents=True)
        answers.mkdir(parents=True)
        toml = TOML.format(number=number, slug=slug, track=track)
        (folder / "kata.toml").write_text(toml)
        (folder / f"{slug}.py").write_text(STUB)
        (folder / f"test_{slug}.py").write_text(TESTS)
        (folder / "README.md").write_text("page")
        (answers.parent / f"{slug}.py").write_text(SOLVED)
        (answers / "wrong_seven.py").write_text(MISTAKE)
        kept = root / ".dojo" / "original" / "katas" / folder.name
        kept.mkdir(parents=True)
        (kept / f"{slug}.py").write_text(STUB)
    write_checkout(root)
    return root


class Pane:
    """A shell in a terminal of tmux's."""

    def __init__(self, root: Path, width: int, height: int) -> None:
        self._socket = str(root.parent / "tmux")
        kept = ("PATH", "HOME", "PYTHONPATH", "TMPDIR", "LD_LIBRARY_PATH")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        environment |= {"DOJO_LANG": "en", "LANG": "C.UTF-8", "PS1": "$ "}
        environment |= {"DOJO_CACHE": str(root.parent / "cache")}
        self._environment = environment
        size = ["-x", str(width), "-y", str(height)]
        self._tmux("-f", os.devnull, "new-session", "-d", *size, "-c", str(root), "bash --norc")

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-S", self._socket, *words],
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def type(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def resize(self, width: int, height: int) -> None:
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    @property
    def lines(self) -> list[str]:
        return self._tmux("capture-pane", "-p").splitlines()

    def sees(self, *wanted: str, without: str = "\0") -> list[str]:
        """Wait until all of it is on the screen at once."""
        end = time.monotonic() + DEADLINE_S
        while True:
            lines = self.lines
            text = "\n".join(lines)
            if all(one in text for one in wanted) and without not in text:
                return lines
            assert time.monotonic() < end, f"{wanted} not in:\n{text}"
            time.sleep(0.05)

    def end(self) -> None:
        self._tmux("kill-server")


@pytest.fixture
def open_pane(checkout: Path) -> Iterator[Callable[[int, int], Pane]]:
    panes = []

    def start(width: int, height: int) -> Pane:
        panes.append(Pane(checkout, width, height))
        return panes[-1]

    yield start
    for pane in panes:
        pane.end()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_whole_session(
    checkout: Path, open_pane: Callable[[int, int], Pane], size: tuple[int, int]
) -> None:
    keys = "h hint  r run"
    alpha = checkout / "katas" / "01_alpha" / "alpha.py"
    pane = open_pane(*size)
    pane.type(f"{shlex.quote(sys.executable)} -m dojo", "Enter")
    pane.sees("01_alpha  The alpha", "kata 1 of 3", keys)
    lines = pane.sees("✗ test_one_is_one", "one is still a stub", "0 of 2 tests are green.")
    assert len(lines) <= size[1]
    assert "· Task 2  Count to two   not begun" in lines

    # Edit, as an editor that renames does; then the known mistake before any hint, and a hint.
    beside = alpha.with_name(".alpha.py.swp")
    beside.write_text(WRONG)
    beside.replace(alpha)
    pane.sees("one() gave 7.", "0 of 2 tests are green.")
    pane.type("h")
    title = "your task 1 behaves as in a mistake"
    pane.sees(title, "Who counts from seven.", keys)
    pane.type("H")
    lines = pane.sees("Hint 1 of 3, task 1", "    look", without=title)
    # Task, message, hint, outcome and keys are there at once, in this order.
    wanted = ("Task 1  Count", "one() gave 7.", "Hint 1 of 3", "0 of 2 tests are", keys)
    places = [next(n for n, one in enumerate(lines) if text in one) for text in wanted]
    assert places == sorted(places)

    # Stopped, on at another size, and back.
    pane.type("C-z")
    pane.sees("Stopped", without=keys)
    pane.type("fg", "Enter")
    pane.sees("Hint 1 of 3, task 1", keys)
    pane.resize(size[0] - 10, size[1] - 4)
    pane.sees("Hint 1 of 3, task 1", keys)
    pane.resize(*size)
    pane.sees("Hint 1 of 3, task 1", keys)

    # The next task, green, the list.
    alpha.write_text(HALF)
    pane.sees("two is still a stub", "✓ Task 1", "1 of 2 tests are green.", without="Hint 1")
    alpha.write_text(SOLVED)
    pane.sees("Solved! What it teaches is in katas/01_alpha/README.md", "2 of 6 tasks solved")
    pane.type("l")
    pane.sees("> ✓ 01_alpha  prefect   2/2 solved  The alpha", "x reset")
    pane.type("/")
    pane.type("GAM")
    pane.sees("search: GAM_", "> · 03_gamma  dagster", without="02_beta")
    pane.type("Enter")
    pane.sees("search: GAM")
    pane.type("Enter")
    pane.sees("03_gamma  The gamma", "one is still a stub", "0 of 2 tests are green.")

    # Jump back over two katas, and put the first one back to its stub.
    pane.type("b")
    pane.sees("02_beta  The beta")
    pane.type("Left")
    pane.sees("01_alpha  The alpha", "Solved!")
    pane.type("l")
    pane.type("x")
    pane.sees("Put katas/01_alpha/alpha.py back to its stub?")
    pane.type("y")
    pane.sees("Put back: katas/01_alpha/alpha.py", "> · 01_alpha")
    assert alpha.read_text() == STUB
    pane.type("Escape")
    pane.sees("one is still a stub", "0 of 6 tasks solved", "0 of 2 tests are green.")

    # Quit, and back where one was; by number; lines only.
    pane.type("n")
    pane.sees("02_beta", "0 of 2 tests are green.")
    pane.type("C-d")
    pane.sees("Next: 'dojo' goes on where you were.", without=keys)
    pane.type(f"clear; {shlex.quote(sys.executable)} -m dojo", "Enter")
    pane.sees("02_beta  The beta", "0 of 2 tests are green.", keys)
    pane.type("Q")
    pane.sees("Next: 'dojo' goes on where you were.", without=keys)
    pane.type(f"clear; NO_COLOR=1 {shlex.quote(sys.executable)} -m dojo --plain 3", "Enter")
    pane.sees("03_gamma  The gamma", "0 of 2 tests are green.")
    pane.type("C-c")
    pane.sees("dojo: interrupted; 'dojo' goes on where you were")


def test_closed_window_leaves_no_process(
    checkout: Path, open_pane: Callable[[int, int], Pane]
) -> None:
    pane = open_pane(80, 24)
    pane.type(f"{shlex.quote(sys.executable)} -m dojo", "Enter")
    pane.sees("0 of 2 tests are green.")
    pane._tmux("new-window", "bash --norc")
    pane._tmux("kill-window", "-t", "0")
    end = time.monotonic() + DEADLINE_S
    while left := _processes_in(checkout):
        assert time.monotonic() < end, left
        time.sleep(0.05)


def test_runs_of_the_pictures_are_what_the_tests_say_now() -> None:
    maker = runpy.run_path(str(PACKAGE_ROOT / "docs" / "make_companion.py"))
    assert maker["ran"]() == maker["kept"](), "run: python docs/make_companion.py"


def _processes_in(folder: Path) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().decode(errors="replace")
            there = Path(os.readlink(path / "cwd")) == folder
        except OSError:
            continue
        if "dojo" in words and "python" in words and (there or str(folder) in words):
            found.append(words)
    return found
