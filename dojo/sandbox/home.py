"""Give a process that holds a submission folders of its own, and read what it has left there.

A process enters its home itself, before it imports the submission; process 1 of the sandbox reads
and clears what is left when that process is dead.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from dojo.ground.janitor import clear

# Those of a sandbox's folders that a submission may write to.
FOLDERS = ("work", "tmp", "home")
MOST_READ = 64 << 20


def enter_home(room: Path, token: str) -> None:
    """Have an empty environment, a home, a temporary folder and no standard streams.

    Args:
        room: The sandbox's folder.
        token: Names this process's part of it: none finds what another has left.
    """
    for name in FOLDERS:
        (room / name / token).mkdir(exist_ok=True)
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PREFECT_", "MLFLOW_"))
        or name in ("DAGSTER_DISABLE_TELEMETRY", "DO_NOT_TRACK", "DOJO_CACHE")
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
        PREFECT_HOME=f"{home}/.prefect",
    )
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
