"""Change modes and times for a submission, in process 1: of files in the sandbox's folders only.

Landlock has no word on that. A submission that shares the machine's file system could close the
folders of its user, or date their files, without being able to read any. So the kernel asks here
(`seccomp` makes it), and what was asked for is done to a file that was opened here: whatever
becomes of its path meanwhile, it is that one.

Source: seccomp_unotify(2), Linux 6.7; `linux/seccomp.h`.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import struct
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dojo.sandbox.calls.seccomp import ANSWERED

_RECEIVE, _SEND, _IS_VALID = 0xC0502100, 0xC0182101, 0x40082102
_NOTICE = struct.Struct("=QIIiIQ6Q")
_HERE, _NO_FOLLOW = -100, 0x100
_MOST_PATH_BYTES = 4096
_NOW, _OMIT = (1 << 30) - 1, (1 << 30) - 2
_SET_USER_ID = 0o4000


class Place(NamedTuple):
    """Which arguments of a call say what file is meant; None: there is none.

    Attributes:
        folder: A descriptor: the path is seen from there, or that file itself is meant.
        path: The address of the path.
        value: The mode, or the address of the times.
        flags: Whether links are followed.
    """

    folder: int | None
    path: int | None
    value: int
    flags: int | None = None


_PLACES = {
    "chmod": Place(None, 0, 1),
    "fchmod": Place(0, None, 1),
    "fchmodat": Place(0, 1, 2),
    "fchmodat2": Place(0, 1, 2, 3),
    "utimensat": Place(0, 1, 2, 3),
}


class Asked:
    """What the kernel asks on behalf of one submission's processes."""

    def __init__(self, descriptor: int, folders: Sequence[Path]) -> None:
        """Take over a filter's descriptor.

        Args:
            descriptor: The descriptor.
            folders: Where the submission may write.
        """
        self._descriptor = descriptor
        self._folders = [os.path.realpath(one) for one in folders]

    def fileno(self) -> int:
        """Return the descriptor, to be polled."""
        return self._descriptor

    def close(self) -> None:
        """Answer no more: what is asked for then is not there."""
        os.close(self._descriptor)

    def answer(self) -> None:
        """Answer one question, if there is one."""
        if not select.select([self], [], [], 0)[0]:
            return
        notice = bytearray(_NOTICE.size)
        with contextlib.suppress(OSError):  # who asked has ended
            fcntl.ioctl(self._descriptor, _RECEIVE, notice)
            number, pid, _, call, _, _, *given = _NOTICE.unpack(notice)
            try:
                fault = self._do(number, pid, ANSWERED[call], given)
            except OSError as error:
                fault = error.errno or errno.EPERM
            except Exception:
                fault = errno.EPERM
            answer = struct.pack("=QqiI", number, 0, -fault, 0)
            fcntl.ioctl(self._descriptor, _SEND, answer)

    def _do(self, number: int, pid: int, name: str, given: list[int]) -> int:
        """Do what was asked for; return what is wrong with it, 0 for nothing."""
        place = _PLACES[name]
        flags = 0 if place.flags is None else given[place.flags]
        with contextlib.ExitStack() as stack:
            file = self._opened(pid, place, given, bool(flags & _NO_FOLLOW), stack)
            value = given[place.value]
            times = _read(pid, value, 32) if name == "utimensat" and value else b""
            fcntl.ioctl(self._descriptor, _IS_VALID, struct.pack("=Q", number))  # it is still he
            real = os.readlink(f"/proc/self/fd/{file}")
            if not any(real == one or real.startswith(f"{one}/") for one in self._folders):
                return errno.EPERM
            if name == "utimensat":
                _set_times(file, times)
            else:
                os.chmod(f"/proc/self/fd/{file}", value & 0o7777 & ~_SET_USER_ID)
        return 0

    def _opened(
        self, pid: int, place: Place, given: list[int], is_link: bool, stack: contextlib.ExitStack
    ) -> int:
        """Open the file that is meant, for nothing but to know which one it is."""

        def opened(path: str | bytes, flags: int = 0, folder: int | None = None) -> int:
            file = os.open(path, os.O_PATH | flags, dir_fd=folder)
            stack.callback(os.close, file)
            return file

        number = _HERE if place.folder is None else _signed(given[place.folder])
        path = b""
        if place.path is not None and given[place.path]:
            path = _text_at(pid, given[place.path])
            if not path:
                raise FileNotFoundError(errno.ENOENT, "no path")
        where = "cwd" if number == _HERE else f"fd/{number}"
        if path.startswith(b"/"):
            return opened(path, os.O_NOFOLLOW if is_link else 0)
        try:
            folder = opened(f"/proc/{pid}/{where}")
        except FileNotFoundError:
            raise OSError(errno.EBADF, "no descriptor") from None
        return opened(path, os.O_NOFOLLOW if is_link else 0, folder) if path else folder


def _signed(number: int) -> int:
    (value,) = struct.unpack("=i", struct.pack("=I", number & 0xFFFFFFFF))
    return int(value)


def _read(pid: int, address: int, length: int) -> bytes:
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(length)


def _text_at(pid: int, address: int) -> bytes:
    """Read a text up to its end; the next page may be none."""
    text = b""
    while len(text) < _MOST_PATH_BYTES:
        here = address + len(text)
        text += _read(pid, here, 256 - here % 256)
        if b"\0" in text:
            return text[: text.index(b"\0")]
    raise OSError(errno.ENAMETOOLONG, "too long")


def _set_times(file: int, told: bytes) -> None:
    """Set the times of an open file, as two `struct timespec` tell them; of none: to now."""
    path = f"/proc/self/fd/{file}"
    if not told:
        os.utime(path)
        return
    status = os.stat(path)
    known = (status.st_atime_ns, status.st_mtime_ns)
    parts = list(struct.iter_unpack("=qq", told))
    chosen = [
        time.time_ns() if part == _NOW else before if part == _OMIT else whole * 10**9 + part
        for (whole, part), before in zip(parts, known, strict=True)
    ]
    os.utime(path, ns=(chosen[0], chosen[1]))
