"""What a submission writes where no file system limits it is counted, wherever it hides it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from dojo.sandbox import home
from dojo.sandbox.home import FOLDERS, has_written_more


@pytest.fixture
def room(tmp_path: Path) -> Path:
    for name in FOLDERS:
        (tmp_path / name / "token").mkdir(parents=True)
    return tmp_path


def megabytes(file: Path, count: int) -> None:
    file.write_bytes(os.urandom(1 << 20) * count)


def test_little_is_little(room: Path) -> None:
    megabytes(room / "work" / "token" / "data", 2)
    for number in range(20):
        (room / "home" / f"link-{number}").hardlink_to(room / "work" / "token" / "data")
    with (room / "tmp" / "sparse").open("wb") as file:
        file.truncate(50 << 20)
    (room / "tmp" / "link").symlink_to("/")
    os.mkfifo(room / "tmp" / "pipe")

    assert not has_written_more(room, 3, [os.getpid()])


def _deep(room: Path) -> None:
    here = os.getcwd()
    os.chdir(room / "work")
    try:
        for _ in range(1500):
            os.mkdir("d")
            os.chdir("d")
        megabytes(Path("data"), 4)
    finally:
        os.chdir(here)


def _closed(room: Path) -> None:
    (room / "work" / "closed" / "in it").mkdir(parents=True)
    megabytes(room / "work" / "closed" / "in it" / "data", 4)
    for one in (room / "work" / "closed" / "in it", room / "work" / "closed"):
        one.chmod(0)


def _many(room: Path) -> None:
    for number in range(home.MOST_FILES):
        (room / "work" / f"f{number}").touch()


def _comb(room: Path) -> None:
    """Fork each folder on the way down: to come back to the other one, each must stay open."""
    here = os.getcwd()
    os.chdir(room / "work")
    try:
        for _ in range(3000):
            os.mkdir("a")
            os.mkdir("b")
            os.chdir("b")
        megabytes(Path("data"), 4)
    finally:
        os.chdir(here)


@pytest.mark.slow
@pytest.mark.parametrize("hide", [_deep, _closed, _many, _comb])
def test_much_is_found_wherever_it_is(room: Path, hide: Callable[[Path], None]) -> None:
    hide(room)
    try:
        assert has_written_more(room, 3, [])
    finally:
        home.clear_all_but(room, "")


@pytest.mark.parametrize("by_a_fork", [False, True])
def test_removed_file_counts_as_long_as_somebody_has_it(room: Path, by_a_fork: bool) -> None:
    file = room / "work" / "gone"
    megabytes(file, 4)
    ready, done = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        if by_a_fork and os.fork():
            signal.pause()
        os.open(file, os.O_RDONLY)
        os.write(done, b"x")
        signal.pause()
    try:
        os.read(ready, 1)
        file.unlink()
        assert has_written_more(room, 3, [pid])
        assert not has_written_more(room, 3, [])
    finally:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(ready)
        os.close(done)
