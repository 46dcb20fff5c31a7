"""What the examination of 16_xcom has run inside.

`cut_short` gets the submission, `prepare` and `look` have a process without it.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

_YESTERDAY = "customer_id,probability,monthly_charges\n77,0.5,9.5\n"


def prepare(folder: Path, names: list[str]) -> None:
    """Make folders, each with yesterday's call list."""
    for name in names:
        (folder / name).mkdir()
        (folder / name / "calls.csv").write_text(_YESTERDAY, encoding="utf-8")


def cut_short(
    solution: Any, folder: Path, name: str, args: list[Any], after_bytes: int, is_killed: bool
) -> str:
    """Call an entry point in a process whose disk is full after some bytes of a file.

    Args:
        solution: The submission.
        folder: Where it may write.
        name: The entry point.
        args: Its arguments.
        after_bytes: How much of a file there is room for.
        is_killed: The write that does not fit kills the process instead of raising OSError.

    Returns:
        `returned`, `raised` or `killed`.
    """
    import resource

    del folder
    function = getattr(solution, name)
    pid = os.fork()
    if not pid:
        code = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL if is_killed else signal.SIG_IGN)
            hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
            resource.setrlimit(resource.RLIMIT_FSIZE, (after_bytes, hard))
            function(*args)
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return "killed"
    return "raised" if os.WEXITSTATUS(status) else "returned"


def look(folder: Path) -> dict[str, Any]:
    """List what is left: files below the folder, folders without a file, and files elsewhere."""
    room, token = folder.parent.parent, folder.name
    files = [path for path in folder.rglob("*") if not path.is_dir()]
    needed = {parent for path in files for parent in path.parents}
    elsewhere = [
        path
        for name in ("tmp", "home")
        for path in (room / name / token).rglob("*")
        if not path.is_dir() and path.name != "output.txt"
    ]
    return {
        "files": sorted(str(path.relative_to(folder)) for path in files),
        "empty folders": sorted(
            str(path.relative_to(folder))
            for path in folder.rglob("*")
            if path.is_dir() and path not in needed
        ),
        "files elsewhere": len(elsewhere),
    }
