"""What the examination of 16_xcom has run inside.

`prepare` and `look` have a process without the submission; all others get it, and what they do to
its process they do in a fork.
"""

from __future__ import annotations

import builtins
import json
import os
import shutil
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.world.files import disk, killed
from dojo.world.files.machine import become_another_machine, become_another_user

_YESTERDAY = "customer_id,probability,monthly_charges\n77,0.5,9.5\n"
_YEAR_S = 366 * 24 * 3600.0


def prepare(folder: Path, sources: dict[str, str], names: list[str]) -> None:
    """Write sources, for their owner only; and in folders of these names yesterday's call list."""
    os.umask(0o022)
    if sources:
        (folder / "source").mkdir(mode=0o700)
    for name, text in sources.items():
        path = folder / "source" / name
        path.write_text(text, encoding="utf-8", newline="")
        path.chmod(0o600)
    for name in names:
        (folder / name).mkdir()
        (folder / name / "calls.csv").write_text(_YESTERDAY, encoding="utf-8")


def usually(_: Any, __: Path) -> None:
    """Have new files be readable for others, as they are on most machines."""
    os.umask(0o022)


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


def _call(solution: Any, name: str, args: list[Any]) -> Callable[[], object]:
    return lambda: getattr(solution, name)(*args)


def refused(
    solution: Any, folder: Path, name: str, args: list[Any], kind: str, within: str, path: str = ""
) -> str:
    """Call an entry point where a kind of step is refused, below a folder; say how it ended."""
    return disk.refusing(_call(solution, name, args), folder / within, kind, path).how


def met_by_an_error(
    solution: Any, folder: Path, name: str, args: list[Any], within: str, kind: str
) -> str:
    """Call an entry point that meets an error as it renames a file; say how it ended."""
    errors = {"MemoryError": MemoryError, "RuntimeError": RuntimeError}

    def meet(step: disk.Step) -> None:
        if step.kind == disk.RENAME:
            raise errors[kind]

    return disk.Fork(_call(solution, name, args), folder / within, meet).end().how


def killed_at_each_move(solution: Any, folder: Path, name: str, args: list[Any], path: str) -> int:
    """Call an entry point again and again, killed before its first move, before the next, ...

    Args:
        solution: The submission.
        folder: Where it may write; what there is at `path` after each kill is kept in `kept`.
        name: The entry point.
        args: Its arguments.
        path: What it writes, already there; and again before each call.

    Returns:
        How often it was killed.
    """
    target, kept = Path(path), folder / "kept"
    kept.mkdir(exist_ok=True)
    before, mode, times = target.read_bytes(), target.stat().st_mode, 0
    for _ in killed.killed_before_each_move(_call(solution, name, args), folder):
        times += 1
        if target.exists():
            shutil.copy(target, kept / f"{name}-{times}")
        target.write_bytes(before)
        target.chmod(stat.S_IMODE(mode))
    return times


def overtaken(
    solution: Any, folder: Path, asked: list[list[Any]], target: str, apart: bool
) -> list[str]:
    """Have a list be put in place while another one is about to be; say how both calls ended."""
    first, second = (_call(solution, "write_call_list", args) for args in asked)
    return [one.how for one in disk.overtaken(first, second, folder, target, apart=apart)]


def elsewhere(solution: Any, folder: Path, name: str, args: list[Any]) -> Any:
    """Call an entry point as on another machine: its name, user, folder, time zone, and salt.

    Returns:
        What JSON brings back of the value; `{"raised": ...}` if it raised.
    """
    del folder
    receive, send = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.write(send, json.dumps(_told_elsewhere(getattr(solution, name), args)).encode())
        finally:
            os._exit(0)
    os.close(send)
    with open(receive, encoding="utf-8") as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(text) if text else {"raised": "nothing, and told nothing"}


def _told_elsewhere(function: Callable[..., Any], args: list[Any]) -> Any:
    salted = builtins.hash
    become_another_machine("worker-2")
    become_another_user("airflow")
    os.environ["TZ"] = "Asia/Tokyo"
    time.tzset()
    os.chdir(os.environ["HOME"])
    builtins.hash = lambda value: salted(("of another process", value))
    try:
        return function(*args)
    except Exception as error:
        return {"raised": type(error).__name__}


def on_another_processor(solution: Any, folder: Path, name: str, args: list[Any]) -> Any:
    """Call an entry point where the last digit of `numpy.exp` is another one."""
    import numpy

    del folder
    here = numpy.exp

    def exp(*given: Any, **more: Any) -> Any:
        return here(*given, **more) * (1 + 2**-52)

    with mock.patch.object(numpy, "exp", exp):
        return getattr(solution, name)(*args)


def age(_: Any, folder: Path, name: str) -> None:
    """Have all that lies in a folder be a year old."""
    then = time.time() - _YEAR_S
    for path in (*(folder / name).rglob("*"), folder / name):
        os.utime(path, (then, then))


def correct(_: Any, folder: Path, name: str, text: str) -> None:
    """Write a source anew, whose time is an hour before the old one's."""
    at = (folder / name).stat().st_mtime_ns - 3600 * 10**9
    (folder / name).write_text(text, encoding="utf-8", newline="")
    os.utime(folder / name, ns=(at, at))


def remove(_: Any, folder: Path, name: str) -> None:
    """Remove a file."""
    (folder / name).unlink()


def count(_: Any, folder: Path, name: str) -> int:
    """Count the files in a folder."""
    return sum(path.is_file() for path in (folder / name).rglob("*"))


def look(folder: Path) -> dict[str, Any]:
    """List what is left: files and folders below the folder, what others may not read, elsewhere.

    A folder or a file is kept from others if they may not read it though they may read a new one.
    """
    room, token = folder.parent.parent, folder.name
    found = [path for path in folder.rglob("*") if path.relative_to(folder).parts[0] != "source"]
    files = [path for path in found if not path.is_dir()]
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
            str(path.relative_to(folder)) for path in found if path.is_dir() and path not in needed
        ),
        "kept from others": sorted(
            str(path.relative_to(folder))
            for path in found
            if (0o055 if path.is_dir() else 0o044) & ~path.stat().st_mode
        ),
        "files elsewhere": len(elsewhere),
    }
