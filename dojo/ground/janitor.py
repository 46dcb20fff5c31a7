"""Remove a folder, whatever was made of it; as a program: when the run that owns it has ended.

The program is told on standard input which process groups belong to the run, `adopt GROUP` and
`release GROUP`. When that ends, because the run ended or was killed, it kills the groups and then
removes the folder. Standard library only, and by path: it must start fast and import nothing of
ours.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


def clear(folder: str | os.PathLike[str]) -> None:
    """Remove a folder, also one with closed or endlessly deep folders in it; follow no link.

    Raises:
        OSError: Something cannot be removed, or there is no such folder.
    """
    if os.rename not in os.supports_dir_fd:  # Windows
        shutil.rmtree(folder)
        return
    os.chmod(folder, 0o700)
    top = os.open(folder, _FOLDER)
    try:
        while found := os.listdir(top):
            for name in found:
                if not _unlink(name, top):
                    _take_apart(name, top)
    finally:
        os.close(top)
    os.rmdir(folder)


def clear_up(folder: str | os.PathLike[str]) -> None:
    """Remove a folder whose users were killed, but may still be dying, as far as that can be."""
    for _ in range(50):
        with contextlib.suppress(OSError):
            clear(folder)
        if not os.path.lexists(folder):
            return
        time.sleep(0.1)


def _unlink(name: str, folder: int) -> bool:
    """Remove what is no folder; return whether it was none."""
    try:
        os.unlink(name, dir_fd=folder)
    except (IsADirectoryError, PermissionError):  # what Linux says of a folder; what macOS says
        return False
    return True


def _take_apart(name: str, top: int) -> None:
    """Remove a folder; those in it come up, so that no path is long and nothing calls itself."""
    os.chmod(name, 0o700, dir_fd=top)
    folder = os.open(name, _FOLDER, dir_fd=top)
    try:
        for one in os.listdir(folder):
            if not _unlink(one, folder):
                os.chmod(one, 0o700, dir_fd=folder)  # to be moved it must be open
                os.rename(one, os.urandom(8).hex(), src_dir_fd=folder, dst_dir_fd=top)
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=top)


def _await_end(folder: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        verb, group = line.split()
        (groups.add if verb == "adopt" else groups.discard)(int(group))
    for one in groups:
        with contextlib.suppress(AttributeError, OSError):
            os.killpg(one, signal.SIGKILL)
    clear_up(folder)


if __name__ == "__main__":
    _await_end(sys.argv[1])
