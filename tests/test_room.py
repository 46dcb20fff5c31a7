"""Nothing outlives a run: no process, no temporary folder, not even after SIGKILL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dojo.room import Room

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses signals")

HOLD = """
import subprocess, sys, time
from dojo.room import Room
room = Room()
room.furnish()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"],
                         start_new_session=True, stdout=subprocess.DEVNULL)
room.adopt(child.pid)
{more}
print(room.path, child.pid, flush=True)
{end}
"""


def eventually(condition: Callable[[], bool]) -> bool:
    """Wait, generously, for what another process will do; return whether it did."""
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


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
