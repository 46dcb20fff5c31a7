"""Give a run one temporary folder, and see that nothing outlives the run: not even after SIGKILL.

A run owns a folder under the system's temporary folder and some process groups (a server, the
process that holds the solution). A janitor, a bare Python that only reads a pipe, is told of
them. When the pipe closes, because the run ended or because it was killed, the janitor kills what
is left of the groups and removes the folder. See `dojo/ground/janitor.py` and
docs/decisions/0003-janitor.md.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import BinaryIO

from dojo.ground import janitor, processes
from dojo.ground.safe_text import one_line

# macOS has `fork`, but its system libraries do not survive it (proxies, Accelerate).
CAN_FORK = sys.platform == "linux" and not os.environ.get("DOJO_NO_FORK")


def forget_proxies(environment: MutableMapping[str, str]) -> None:
    """Have whoever reads these variables ask no proxy: it would look for 127.0.0.1 on its own side.

    Args:
        environment: The variables, such as `os.environ`; its proxies go, in any spelling.
    """
    for name in [name for name in environment if name.lower().endswith("_proxy")]:
        del environment[name]
    # Where there is none, Windows and macOS are asked for the user's own.
    environment.update(NO_PROXY="*", no_proxy="*")


def _place() -> str:
    """Return where a room may be: the system's temporary folder, unless its name has `?` or `%`.

    SQLAlchemy ends the path of a database at the one, MLflow decodes the other in its own paths.
    """
    own = tempfile.gettempdir()
    others = (one for one in ("/var/tmp", "/tmp") if os.access(one, os.W_OK))
    return next((one for one in (own, *others) if not {"?", "%"} & set(one)), own)


def said_of_disk(error: OSError) -> str:
    """Say in one line what the system refused, of which file, and who looks why."""
    name = error.filename2 or error.filename
    of_what = f" ({str(name)!r})" if name else ""
    why = error.strerror or str(error)
    return f"{why}{of_what}; 'dojo doctor' looks what is full, or cannot be written"


def end_of_log(log: Path | BinaryIO, most: int = 300) -> str:
    """Return how the log of a process of ours ends: clean text on one line, the last word last.

    Args:
        log: Its file; in one that is open, nobody's place moves.
        most: Characters to keep.

    Returns:
        The text; empty where nothing was said, or the file is closed or gone.
    """
    read = 16 * most  # a character may be of four bytes, or a colour
    with contextlib.ExitStack() as stack, contextlib.suppress(OSError, ValueError):
        file = stack.enter_context(log.open("rb")) if isinstance(log, Path) else log
        begin = max(0, os.fstat(file.fileno()).st_size - read)
        text = os.pread(file.fileno(), read, begin).decode(errors="replace")
        text = one_line(text, 10 * read)
        return text if len(text) <= most else f"[...] {text[-most:]}"
    return ""


class Room:
    """One temporary folder of this process, with a janitor who outlives it."""

    def __init__(self) -> None:
        """Make the folder and start its janitor."""
        self._before: tuple[str | None, str | None] | None = None
        self.path = Path(_place()).resolve() / f"dojo-{secrets.token_hex(6)}"
        self._owner = os.getpid()
        self._janitor = subprocess.Popen(
            [sys.executable, "-I", "-S", janitor.__file__, str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=self.path.anchor,
        )
        try:  # not before there is somebody to remove it
            self.path.mkdir(mode=0o700)
        except OSError:
            self._janitor.communicate()
            raise
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.close)

    def _forget(self) -> None:
        """Let go of the janitor's pipe in a forked child, or it would never see the end."""
        if self._janitor.stdin is not None and not self._janitor.stdin.closed:
            os.close(self._janitor.stdin.fileno())
            self._janitor.stdin = None

    def furnish(self) -> None:
        """Point the temporary folder of this process and its children to the room.

        They also forget all proxies: who lives in a room asks for nothing beyond this machine.
        """
        folder = self.folder("tmp")
        self._before = tempfile.tempdir, os.environ.get("TMPDIR")
        tempfile.tempdir = str(folder)
        os.environ["TMPDIR"] = str(folder)
        forget_proxies(os.environ)

    def folder(self, name: str) -> Path:
        """Return a folder of the room, made when needed."""
        path = self.path / name
        path.mkdir(exist_ok=True)
        return path

    def adopt(self, group: int) -> None:
        """Have the janitor kill the process group `group` at the end."""
        self._tell(f"adopt {group}")

    def release(self, group: int) -> None:
        """Tell the janitor that the process group `group` is gone; its number may be reused."""
        self._tell(f"release {group}")

    @property
    def key(self) -> int:
        """Return the descriptor that keeps the room: it stays until nobody has that open."""
        assert self._janitor.stdin is not None
        return self._janitor.stdin.fileno()

    def _tell(self, line: str) -> None:
        if self._janitor.stdin is not None:
            with contextlib.suppress(OSError):
                self._janitor.stdin.write(f"{line}\n".encode())
                self._janitor.stdin.flush()

    def close(self) -> None:
        """End what was adopted, remove the folder, and wait until that is done."""
        if self._janitor.stdin is None or os.getpid() != self._owner:
            return
        if self._before is not None:
            tempfile.tempdir, tmpdir = self._before
            if tmpdir is None:
                os.environ.pop("TMPDIR", None)
            else:
                os.environ["TMPDIR"] = tmpdir
        with contextlib.suppress(OSError):
            self._janitor.stdin.close()
        self._janitor.stdin = None
        try:
            self._janitor.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._janitor.kill()
            janitor.clear_up(self.path)


def freeze() -> None:
    """Have the garbage collector leave alone what is there now.

    It writes into what it looks at: in each fork that would copy all that is shared till then.
    """
    gc.collect()
    gc.freeze()


class Forked:
    """A forked child, with as much of `subprocess.Popen` as its users need."""

    stdout = None
    stderr = None

    def __init__(self, main: Callable[[], object], room: Room | None) -> None:
        """Fork, call `main` in the child's own process group, and end the child after it.

        The child runs no exit handlers: they belong to the parent. It dies with the parent, also
        before the janitor was told of it; asked of the kernel it would die with the thread, so
        what another thread forks has only the janitor.

        Args:
            main: What the child does.
            room: Whose janitor ends its group; None: it stays in the group of this process.
        """
        is_main = threading.current_thread() is threading.main_thread()
        self._room = room
        self.returncode: int | None = None
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = processes.fork() if is_main else os.fork()
        if self.pid == 0:
            code = 70
            try:
                if room is not None:
                    os.setpgid(0, 0)
                for number in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(number, signal.SIG_DFL)
                main()
                code = 0
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                with contextlib.suppress(Exception):
                    sys.stdout.flush()
                    sys.stderr.flush()
                os._exit(code)
        if room is not None:
            with contextlib.suppress(OSError):
                os.setpgid(self.pid, self.pid)
            room.adopt(self.pid)

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while the child lives."""
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                pid, status = self.pid, 0
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the child.

        Raises:
            subprocess.TimeoutExpired: It still lives after `timeout` seconds.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("forked child", timeout or 0.0)
            time.sleep(0.005)
        assert self.returncode is not None
        return self.returncode

    def kill(self) -> None:
        """Kill the child, and all that it started in its process group if it has its own."""
        # Ask before reaping: while the leader is a zombie nobody else can get its number.
        with contextlib.suppress(OSError):
            (os.kill if self._room is None else os.killpg)(self.pid, signal.SIGKILL)
        self.wait()
        if self._room is not None:
            self._room.release(self.pid)

    terminate = kill
