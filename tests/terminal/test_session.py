"""The companion as a program on a real terminal; in tmux see tests/ui/test_companion_in_tmux.py."""

from __future__ import annotations

import contextlib
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dojo.catalog.attempts import read_attempts
from dojo.ground.exits import Exit
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

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


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
    for name in ("NO_COLOR", "COLUMNS", "DOJO_EDIT", "VISUAL", "EDITOR", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(root)
    return root


class Player:
    """Somebody at a pseudo-terminal."""

    def __init__(self, root: Path, temporary: Path, *words: str) -> None:
        import fcntl
        import pty
        import termios

        self.master, self.terminal = pty.openpty()
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, b"\x18\x00\x50\x00\x00\x00\x00\x00")
        self.modes = termios.tcgetattr(self.terminal)
        self._marks = root, temporary
        self._shown = ""
        self.raw = ""

        def take_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [sys.executable, "-m", "dojo", *words],
            cwd=root,
            env={
                **os.environ,
                "TMPDIR": str(temporary),
            },
            stdin=self.terminal,
            stdout=self.terminal,
            stderr=self.terminal,
            start_new_session=True,
            preexec_fn=take_terminal,
        )

    def resize(self, columns: int, rows: int) -> None:
        import fcntl
        import termios

        size = rows.to_bytes(2, "little") + columns.to_bytes(2, "little") + bytes(4)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, size)

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
                self.raw += data
                self._shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\\\", "", data)

    def _processes(self) -> Iterator[str]:
        marks = [str(mark) for mark in self._marks]
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = path.read_bytes().decode(errors="replace")
                if any(mark in words for mark in marks):
                    yield words

    def hang_up(self) -> None:
        """End the connection, as when a window is closed."""
        for end in (self.master, self.terminal):
            os.close(end)
        self.master = self.terminal = -1

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for end in (self.master, self.terminal):
            with contextlib.suppress(OSError):
                os.close(end)


@pytest.fixture
def play(checkout: Path, tmp_path: Path) -> Iterator[Callable[..., Player]]:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    players = []

    def start(*words: str) -> Player:
        players.append(Player(checkout, temporary, *words))
        return players[-1]

    yield start
    for player in players:
        player.close()


@pytest.fixture
def player(play: Callable[..., Player]) -> Player:
    return play()


@pytest.mark.slow
def test_session_from_red_to_next_kata(play: Callable[..., Player], checkout: Path, monkeypatch):
    monkeypatch.setenv("DOJO_EDIT", f"{sys.executable} -c \"print('I edit {{file}} at {{line}}')\"")
    player = play()
    player.sees("01_alpha  The alpha")
    player.sees("✗ test_one_is_one")
    player.sees("0 of 1 tests are green.")
    player.press("H")
    player.sees("Hint 1 of 3")
    player.press("h")
    player.sees("think")
    player.press("e")
    player.sees(f"I edit {checkout}/katas/01_alpha/alpha.py at 2")
    player.sees("Opened: katas/01_alpha/alpha.py")
    (checkout / "katas/01_alpha/alpha.py").write_text(SOLVED)
    player.sees("Solved!")
    player.resize(60, 12)
    player.sees(" kata 1 of 3")
    player.press("\x1b[C")
    player.sees("02_beta  The beta")
    player.sees("0 of 1 tests are green.")
    player.press("\x04")
    shown = player.ends_with(Exit.DONE)
    assert shown.endswith("Ending ...\r\nNext: 'dojo' goes on where you were.\r\n")
    assert "\x1b]8;" in player.raw
    assert player.raw.count("\x1b[?1049h") == player.raw.count("\x1b[?1049l") == 2
    player.leaves_nothing()
    logged = [
        (one.kata, one.task, one.tier) for one in read_attempts(checkout / ".dojo/attempts.jsonl")
    ]
    assert logged == [("01_alpha", 1, 0), ("01_alpha", None, 0), ("02_beta", 1, 0)]


@pytest.mark.slow
def test_plain_session_writes_lines_only(play: Callable[..., Player], checkout: Path, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    player = play("--plain", "2")
    player.sees("02_beta  The beta  kata 2 of 3")
    player.sees("0 of 1 tests are green.")
    player.press("q")
    player.ends_with(Exit.DONE)
    assert "\x1b" not in player.raw
    player.leaves_nothing()


def test_ctrl_c_on_terminal_ends_with_130(player: Player):
    player.sees("q quit")
    player.press("\x03")
    shown = player.ends_with(Exit.INTERRUPTED)
    assert "dojo: interrupted; 'dojo' goes on where you were" in shown
    assert "Traceback" not in shown
    player.leaves_nothing()


@pytest.mark.slow
def test_quit_while_solution_hangs_ends(player: Player, checkout: Path, tmp_path: Path):
    begun = tmp_path / "begun"
    player.sees("tests are green")
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


def test_terminated_companion_restores_terminal(player: Player):
    player.sees("q quit")
    player.process.terminate()
    assert "Traceback" not in player.ends_with(143)
    player.leaves_nothing()


def test_companion_whose_window_was_closed_ends(player: Player, tmp_path: Path):
    player.sees("q quit")
    player.hang_up()
    assert player.process.wait(DEADLINE_S) in (0, 129)
    end = time.monotonic() + DEADLINE_S
    while left := [*player._processes(), *(tmp_path / "temporary").glob("dojo-*")]:
        assert time.monotonic() < end, left
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.usefixtures("checkout")
def test_watch_says_lines_without_a_terminal(checkout: Path):
    process = subprocess.Popen(
        [sys.executable, "-m", "dojo", "watch", "02"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    while "tests are green" not in said:
        said += process.stdout.readline()
    beside = checkout / "katas/02_beta/.beta.py.tmp"
    beside.write_text(SOLVED)
    beside.replace(checkout / "katas/02_beta/beta.py")
    while "Solved!" not in said:
        said += process.stdout.readline()
    process.terminate()
    output, errors = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, errors) == (143, "")
    assert "\x1b" not in said + output
    assert "h hint" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["9"], "kata '9' does not exist; 'dojo list' names them all"),
        (["--track", "mlflow"], "no kata here is of the track 'mlflow'; there are: prefect"),
        (["--track", "mlfow"], "--track is 'mlfow'; it may be 'prefect', 'mlflow', 'dagster'"),
    ],
    ids=["kata", "track-without-katas", "no-track"],
)
@pytest.mark.usefixtures("checkout")
def test_what_is_not_there_is_one_line(words: list[str], said: str):
    from typer.testing import CliRunner

    from dojo.cli.door import app

    result = CliRunner().invoke(app, words)
    assert result.exit_code == Exit.USAGE
    assert result.stdout == ""
    assert result.stderr.startswith(f"dojo: {said}")
