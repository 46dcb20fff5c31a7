"""Say how long a caller is ready to wait for an answer, as the kernel has it: seen from outside.

A process that waits for a socket has told the kernel how long, whatever library it uses and
whatever it tells of itself. So a server that stays silent need not wait a minute to see whether a
caller would give up, and a submission cannot say that it would.

Source: proc(5), `/proc/PID/syscall`; the system calls of Linux 6.8 on x86-64 and arm64.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import platform
import struct
import time
from collections.abc import Iterator
from pathlib import Path

_LOOK_EVERY_S = 0.002
_MOST_POLLED = 256

_X86 = platform.machine() == "x86_64"
_NUMBERS = {
    "read": (0, 63),
    "poll": (7, -1),
    "select": (23, -1),
    "recvfrom": (45, 207),
    "recvmsg": (47, 212),
    "epoll_wait": (232, -1),
    "pselect6": (270, 72),
    "ppoll": (271, 73),
    "epoll_pwait": (281, 22),
    "epoll_pwait2": (441, 441),
}
_NAMES = {numbers[0 if _X86 else 1]: name for name, numbers in _NUMBERS.items()}


@dataclasses.dataclass(frozen=True)
class _Descriptor:
    """One open file of one process, numbered as that process numbers it."""

    process: Path
    number: int


def patience_of(keeper: int, ports: tuple[int, int], within_s: float) -> float | None:
    """Wait until a caller waits for its answer; return for how many seconds it would.

    Args:
        keeper: A process that sees the same network as the caller.
        ports: Of the connection: the caller's own, and the server's.
        within_s: How long to look for it, in seconds.

    Returns:
        The seconds, infinite for a caller that would wait for ever; None where nothing of the
        kind was seen: it has gone, it does something else, or this machine does not show it.
    """
    until = time.monotonic() + within_s
    held: list[_Descriptor] = []
    while time.monotonic() < until:
        held = held or list(_holders(keeper, ports))
        for descriptor in held:
            if (seconds := _waits(descriptor)) is not None:
                return seconds
        time.sleep(_LOOK_EVERY_S)
    return None


def _holders(keeper: int, ports: tuple[int, int]) -> Iterator[_Descriptor]:
    """Yield the descriptors of the socket at the caller's end of a connection."""
    inode = _inode_of(keeper, ports)
    if not inode:
        return
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                for one in (process / "fd").iterdir():
                    if os.readlink(one) == f"socket:[{inode}]":
                        yield _Descriptor(process, int(one.name))


def _inode_of(keeper: int, ports: tuple[int, int]) -> str:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{keeper}/net/{table}").read_text(encoding="ascii")
            for line in text.splitlines()[1:]:
                fields = line.split()
                ends = tuple(int(one.rpartition(":")[2], 16) for one in fields[1:3])
                if ends == ports and fields[9] != "0":
                    return fields[9]
    return ""


def _waits(descriptor: _Descriptor) -> float | None:
    """Return how long the first thread waits that does so for this descriptor; None: none does."""
    with contextlib.suppress(OSError, ValueError):
        for thread in (descriptor.process / "task").iterdir():
            words = (thread / "syscall").read_text(encoding="ascii").split()
            name = _NAMES.get(int(words[0])) if words[0] != "running" else None
            if name is not None:
                call = _Call(name, [int(word, 16) for word in words[1:7]], thread)
                if call.waits_for(descriptor):
                    return call.seconds
    return None


@dataclasses.dataclass(frozen=True)
class _Call:
    """A system call in which a thread is held up."""

    name: str
    arguments: list[int]
    thread: Path

    def waits_for(self, descriptor: _Descriptor) -> bool:
        """Say whether the call ends when something arrives on this descriptor."""
        first, second = self.arguments[:2]
        if self.name.startswith("epoll"):
            watched = (self.thread / "fdinfo" / str(first)).read_text(encoding="ascii")
            return any(
                line.split()[:2] == ["tfd:", str(descriptor.number)]
                for line in watched.splitlines()
            )
        if self.name in ("poll", "ppoll"):
            found = self._read(first, 8 * min(second, _MOST_POLLED))
            return descriptor.number in (
                number for number, _, _ in struct.iter_unpack("=ihH", found)
            )
        if self.name in ("select", "pselect6"):
            if not second or descriptor.number >= first:
                return False
            byte = self._read(second + descriptor.number // 8, 1)[0]
            return bool(byte >> descriptor.number % 8 & 1)
        return first == descriptor.number

    @property
    def seconds(self) -> float:
        """Return after how many seconds it ends if nothing arrives; infinite: never."""
        third, fourth, fifth = self.arguments[2:5]
        if self.name in ("poll", "epoll_wait", "epoll_pwait"):
            (milliseconds,) = struct.unpack(
                "=i", struct.pack("=I", (third if self.name == "poll" else fourth) & 0xFFFFFFFF)
            )
            return math.inf if milliseconds < 0 else milliseconds / 1000
        if self.name in ("ppoll", "epoll_pwait2"):
            return self._time_at(third if self.name == "ppoll" else fourth, 1e9)
        if self.name in ("select", "pselect6"):
            return self._time_at(fifth, 1e6 if self.name == "select" else 1e9)
        return math.inf

    def _time_at(self, address: int, parts: float) -> float:
        if not address:
            return math.inf
        whole, part = struct.unpack("=qq", self._read(address, 16))
        return float(whole + part / parts)

    def _read(self, address: int, length: int) -> bytes:
        with (self.thread / "mem").open("rb", buffering=0) as memory:
            memory.seek(address)
            return memory.read(length)
