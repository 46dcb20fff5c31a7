"""Give a process that holds a submission folders of its own, and read what it has left there.

A process enters its home itself, before it imports the submission; process 1 of the sandbox reads
and clears what is left when that process is dead.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from dojo.engines import ENGINES
from dojo.ground.janitor import clear
from dojo.ground.run_folder import Room

# Those of a sandbox's folders that a submission may write to.
FOLDERS = ("work", "tmp", "home")
MOST_READ = 64 << 20
MOST_FILES = 20_000  # and folders: as many as a file system in memory has room for
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class Corner(Room):
    """A room without a janitor: whoever made the folder removes it, and all here have a reaper."""

    def __init__(self, path: Path) -> None:
        """Use an existing folder."""
        self.path = path

    def adopt(self, group: int) -> None:
        """Do nothing: the group dies with this process."""

    def release(self, group: int) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def enter_home(room: Path, token: str) -> None:
    """Have an empty environment, a home, a temporary folder and no standard streams.

    Args:
        room: The sandbox's folder.
        token: Names this process's part of it: none finds what another has left.
    """
    for name in FOLDERS:
        (room / name / token).mkdir(exist_ok=True)
    known = tuple(begin for engine in ENGINES.values() for begin in engine.variables)
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(known) or name in ("DO_NOT_TRACK", "DOJO_CACHE")
    }
    os.environ.clear()
    home = str(room / "home" / token)
    os.environ.update(
        kept,
        PATH="/usr/bin:/bin",
        HOME=home,
        USERPROFILE=home,
        USER="learner",
        LOGNAME="learner",
        LANG="C.UTF-8",
        TMPDIR=str(room / "tmp" / token),
    )
    for engine in ENGINES.values():
        os.environ.update({name: f"{home}/{one}" for name, one in engine.homes.items()})
    tempfile.tempdir = str(room / "tmp" / token)
    os.chdir(room / "work" / token)
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(
        room / "tmp" / token / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
    )
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)


def clear_all_but(room: Path, token: str) -> None:
    """Remove what earlier processes have left: all of them are dead."""
    for name in FOLDERS:
        (room / name).chmod(0o755)  # they could change that
        for path in (room / name).iterdir():
            if path.is_symlink() or not path.is_dir():
                path.unlink()
            elif path.name != token:
                clear(path)


def read_left_file(room: Path, relative: str) -> bytes:
    """Read a regular file below `room`, following no link on the way.

    Raises:
        OSError: There is none, a link is on the way, or it is longer than 64 MB.
    """
    where = os.open(room, os.O_RDONLY | os.O_DIRECTORY)
    try:
        *folders, name = Path(relative).parts
        for folder in folders:
            if folder in ("..", "/"):
                raise OSError(0, "leads outside")
            deeper = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=where)
            os.close(where)
            where = deeper
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=where)
    finally:
        os.close(where)
    with os.fdopen(file, "rb") as opened:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "is no regular file")
        if status.st_size > MOST_READ:
            raise OSError(0, "is too long")
        return opened.read(MOST_READ)


def has_written_more(room: Path, megabytes: int, pids: Iterable[int]) -> bool:
    """Say whether processes have written more than they may, where no file system tells them so.

    Args:
        room: The sandbox's folder.
        megabytes: What they may write: in files that are there, and in removed ones that are open.
        pids: The processes: each, and all that came of it.
    """
    left, files = megabytes << 20, MOST_FILES
    try:
        for status in itertools.chain(_written(room), _removed(pids)):
            left -= 512 * status.st_blocks // max(status.st_nlink, 1)
            files -= 1
            if left < 0 or files < 0:
                return True
    except OSError:  # more open folders than a process may have
        return True
    return False


def _written(room: Path) -> Iterator[os.stat_result]:
    """Yield what is in the folders; one is let go of before the last of it is looked into."""
    stack = [(os.open(room, _FOLDER), [*FOLDERS])]
    try:
        while stack:
            folder, names = stack[-1]
            name = names.pop() if names else None
            is_last = not names
            if is_last:
                stack.pop()
            try:
                if name is not None:
                    yield (status := os.stat(name, dir_fd=folder, follow_symlinks=False))
                    if stat.S_ISDIR(status.st_mode):
                        inside = _opened(name, folder)
                        stack.append((inside, _names_in(inside)))
            except (FileNotFoundError, NotADirectoryError):  # it is another one by now
                pass
            finally:
                if is_last:
                    os.close(folder)
    finally:
        for folder, _ in stack:
            os.close(folder)


def _opened(name: str, folder: int) -> int:
    """Open a folder, also one that is closed: it is not to be hidden in."""
    place = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
    try:
        if os.fstat(place).st_mode & 0o500 != 0o500:
            os.chmod(f"/proc/self/fd/{place}", 0o700)
        return os.open(f"/proc/self/fd/{place}", os.O_RDONLY | os.O_DIRECTORY)
    finally:
        os.close(place)


def _names_in(folder: int) -> list[str]:
    with os.scandir(folder) as found:
        return [one.name for one in itertools.islice(found, MOST_FILES + 1)]


def _removed(pids: Iterable[int]) -> Iterator[os.stat_result]:
    """Yield the files that are nowhere any more, and that one of these or its own has open."""
    left = [*pids]
    while left:
        process = Path("/proc", str(left.pop()))
        with contextlib.suppress(OSError):  # it has ended
            for thread in (process / "task").iterdir():
                left += map(int, (thread / "children").read_text(encoding="ascii").split())
            for descriptor in (process / "fd").iterdir():
                with contextlib.suppress(OSError):
                    status = descriptor.stat()
                    if stat.S_ISREG(status.st_mode) and not status.st_nlink:
                        yield status
