"""Nothing outlives a run: no process, no temporary folder, not even after SIGKILL."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dojo.ground import janitor, processes
from dojo.ground.run_folder import CAN_FORK, Room, end_of_log
from tests.processes import eventually

linux = pytest.mark.skipif(not CAN_FORK, reason="asks the Linux kernel")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses signals")

HOLD = """
import subprocess, sys, time
from dojo.ground.run_folder import Room
room = Room()
room.furnish()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"],
                         start_new_session=True, stdout=subprocess.DEVNULL)
room.adopt(child.pid)
{more}
print(room.path, child.pid, flush=True)
{end}
"""


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "\nState:\tZ" in status.read_text()


def hold(end: str, more: str = "") -> tuple[subprocess.Popen[str], Path, int]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(end=end, more=more)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    path, pid = process.stdout.readline().split()
    return process, Path(path), int(pid)


ENDINGS = {
    "normal": "",
    "exception": "raise SystemExit(3)",
    "hard_exit": "import os; os._exit(0)",
    "killed": "time.sleep(600)",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_is_left_after_the_end(ending: str) -> None:
    process, path, pid = hold(ENDINGS[ending])
    if ending == "killed":
        assert path.is_dir()
        assert not is_gone(pid)
        process.send_signal(signal.SIGKILL)
    process.communicate()

    assert eventually(lambda: not path.exists())
    assert eventually(lambda: is_gone(pid))


def test_forked_child_does_not_keep_the_janitor_waiting() -> None:
    more = "import os\nchild.pid = forked = os.fork()\nif not forked: time.sleep(600)"
    process, path, forked = hold("time.sleep(600)", more)
    process.kill()
    process.wait()

    assert eventually(lambda: not path.exists())
    assert not is_gone(forked)
    os.kill(forked, signal.SIGKILL)
    process.communicate()


def test_released_group_is_left_alone() -> None:
    process, path, pid = hold("", more="room.release(child.pid)")
    process.communicate()

    assert eventually(lambda: not path.exists())
    assert not is_gone(pid)
    os.kill(pid, signal.SIGKILL)


def test_temporary_files_go_into_the_room() -> None:
    more = "import tempfile; print(tempfile.mkdtemp().startswith(str(room.path)), end=' ')"
    script = HOLD.format(end="", more=more)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("True ")


def test_end_of_a_log_is_clean_and_capped(tmp_path: Path) -> None:
    log = tmp_path / "parent.log"
    assert end_of_log(log) == ""
    log.write_bytes(b"x" * 100_000 + b"\n\x1b[31mOSError\x1b[0m: no \xff\x00\n::error::forged\n\n")
    end = end_of_log(log, 60)

    assert end.startswith("[...] xxx")
    assert end.endswith("xxx OSError: no \ufffd\\u0000 : :error::forged")
    assert len(end) == len("[...] ") + 60
    with log.open("r+b") as file:
        assert end_of_log(file, 60) == end
        assert file.tell() == 0
    assert end_of_log(file) == ""


@pytest.mark.parametrize("name", ["tmp", "l'été à #1 a*b", "[2026]", "what?", "50%20"])
def test_room_is_where_addresses_can_lead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / name))

    room = Room()
    try:
        is_in_it = room.path.parent == tmp_path / name
        assert is_in_it == (name not in ("what?", "50%20"))
        assert not {"?", "%"} & set(str(room.path))
    finally:
        room.close()
    assert not room.path.exists()


def test_room_that_cannot_be_made_leaves_no_janitor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    with pytest.raises(FileNotFoundError, match="not there"):
        Room()
    named = [path.read_bytes() for path in Path("/proc").glob(f"{os.getpid()}/task/*/children")]
    janitors = [pid for pids in named for pid in pids.split() if is_janitor(int(pid), tmp_path)]
    assert janitors == []


def is_janitor(pid: int, folder: Path) -> bool:
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    return b"janitor" in command and os.fsencode(folder) in command


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not in pytest's folder: what a failed test leaves, pytest could not remove."""
    made = Path(tempfile.mkdtemp(prefix="clear-"))
    (made / "folder").mkdir()
    yield made / "folder"
    shutil.rmtree(made, ignore_errors=True)


def dig(folder: Path) -> None:
    """Make folders too deep for a path, for descriptors, and for a function that calls itself."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("deeper", dir_fd=here)
        os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        deeper = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)


def lock(folder: Path) -> None:
    """Make folders that their owner can neither read nor change."""
    (folder / "closed" / "closed").mkdir(parents=True)
    (folder / "closed" / "file").touch()
    for path in (folder / "closed" / "closed", folder / "closed", folder):
        path.chmod(0)


def link(folder: Path) -> None:
    """Point from everywhere to a folder that is somebody else's."""
    kept = folder.parent / "kept"
    kept.mkdir()
    (kept / "file").touch()
    (folder / "inside").mkdir()
    for place in (folder / "link", folder / "inside" / "link"):
        place.symlink_to(kept)
    (folder / "inside" / "file").symlink_to(kept / "file")


@linux
@pytest.mark.parametrize("made", [dig, lock, link])
def test_folder_is_cleared_whatever_was_made_of_it(folder: Path, made: Callable) -> None:
    # Root could remove what is closed.
    owner = 65534 if os.getuid() == 0 else os.getuid()
    for path in (folder, folder.parent):
        os.chown(path, owner, -1)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.setuid(owner)
            made(folder)
            janitor.clear(folder)
            code = 0
        finally:
            os._exit(code)

    assert os.waitpid(pid, 0)[1] == 0
    assert not folder.exists()
    assert {path.name for path in folder.parent.glob("*/*")} == (
        {"file"} if made is link else set()
    )


def test_folder_that_stays_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        janitor.clear(tmp_path / "not there")


FORK = """
import os, signal, time
from dojo.ground import processes
{more}
pid = processes.fork()
if pid:
    print(pid, flush=True)
signal.pause()
"""
# What is too late, if the parent ends in between.
LATE = """
ask, parent = processes._prctl, os.getpid()
def ask_late(option, value):
    while os.getppid() == parent:
        time.sleep(0.01)
    ask(option, value)
processes._prctl = ask_late
"""


@linux
@pytest.mark.parametrize("more", ["", LATE], ids=["in_time", "late"])
def test_fork_dies_with_its_parent(more: str) -> None:
    script = FORK.format(more=more)
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert not is_gone(pid)
    parent.kill()
    parent.communicate()

    assert eventually(lambda: is_gone(pid))


SPAWN = """
import os, signal, sys
sleeper = ["sleep", "600"]
child = os.spawnvp(os.P_NOWAIT, *sleeper[:1], sleeper)
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    orphan = os.fork()
    if orphan == 0:
        os.close(reading)
        os.execvp("sleep", sleeper)
    os.write(writing, str(orphan).encode())
    os._exit(0)
os.wait()
os.write(int(sys.argv[1]), b"%d %d %s" % (os.getpid(), child, os.read(reading, 20)))
signal.pause()
"""


@linux
@pytest.mark.parametrize("ending", ["program", "asker"])
def test_reaper_ends_last_and_alone(ending: str) -> None:
    reading, writing = os.pipe()
    own, kept = os.pipe()
    reaper = subprocess.Popen(
        [sys.executable, "-I", "-S", processes.__file__, str(kept), str(writing)],
        stdin=subprocess.PIPE,
        pass_fds=[kept, writing],
    )
    os.close(kept)
    assert reaper.stdin is not None
    reaper.stdin.write(json.dumps([sys.executable, "-c", SPAWN, str(writing)]).encode() + b"\n")
    reaper.stdin.flush()
    program, child, orphan = map(int, os.read(reading, 100).split())
    os.close(writing)

    assert eventually(lambda: is_gone(orphan))
    assert not is_gone(program)
    assert not is_gone(child)
    assert not select.select([own], [], [], 0)[0]
    if ending == "program":
        os.kill(program, signal.SIGKILL)
    else:
        reaper.stdin.close()
    assert os.read(own, 1) == b""
    assert is_gone(program)
    assert is_gone(child)
    assert reaper.wait(10) == 0
    reaper.communicate()
    for descriptor in (own, reading):
        os.close(descriptor)
