"""Try, from where a submission will be, all that must not be possible."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import resource
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any


def try_everything(told: dict[str, Any]) -> dict[str, str]:
    """Try each forbidden thing once.

    Args:
        told: `secret` and `target`, paths outside; `reference`, the katas' own folder; `given` and
            `engine`, the sandbox's folders that are not the submission's; `listener`, a port of the
            host; `victim`, a process id of the host; `secret_name`, an environment variable of the
            grader.

    Returns:
        What was possible all the same: a name and what was seen. Empty is good.
    """
    attempts: dict[str, Callable[[], Any]] = {
        "read a file outside": lambda: Path(told["secret"]).read_text(encoding="utf-8"),
        "read the reference (keep the katas away from folders of programs)": lambda: _look_into(
            Path(told["reference"])
        ),
        "write a file outside": lambda: Path(told["target"]).write_text("x", encoding="utf-8"),
        "close a file outside": lambda: os.chmod(told["target"], 0o400),
        "close it by its descriptor": lambda: _close_by_descriptor(__file__),
        "date a file outside": lambda: os.utime(told["target"], (0, 0)),
        "change a device": lambda: os.chmod("/dev/null", 0o666),
        "hold up who opens a file": lambda: _lease(__file__),
        "write what it was given": lambda: Path(told["given"], "probe.txt").touch(),
        "read the engine's files": lambda: list(Path(told["engine"]).iterdir()),
        "write the engine's files": lambda: Path(told["engine"], "probe.txt").touch(),
        "write into the interpreter": lambda: Path(os.__file__).with_name("dojo_probe.py").touch(),
        "write into the grader": lambda: Path(__file__).with_name("dojo_probe.txt").touch(),
        "reach a server of the host": lambda: _connect("127.0.0.1", told["listener"]),
        "reach another network": lambda: _connect("192.0.2.1", 80),
        "send a datagram to the host": lambda: _send_datagram(told["listener"]),
        "make a raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
        "make a packet socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
        "signal the grader": lambda: os.kill(told["victim"], 0),
        "signal its keeper": _signal_its_keeper,
        "trace its parent": lambda: _system_call(101 if _is_x86() else 117, 16, os.getppid(), 0, 0),
        "make a namespace": lambda: _system_call(272 if _is_x86() else 97, 0x10000000),
        "mount a file system": lambda: _system_call(
            165 if _is_x86() else 40, b"x", b"/tmp", b"tmpfs"
        ),
        "change the root": lambda: _system_call(161 if _is_x86() else 51, b"/tmp"),
        "become root": _become_root,
        "use io_uring": lambda: _system_call(425, 1, ctypes.create_string_buffer(256)),
        "leave memory behind": lambda: _system_call(29 if _is_x86() else 194, 0, 4096, 0o1600),
        "leave a semaphore behind": lambda: _system_call(64 if _is_x86() else 190, 0, 1, 0o1600),
        "leave a queue behind": lambda: _system_call(68 if _is_x86() else 186, 0, 0o1600),
        "leave a named queue behind": lambda: _system_call(
            240 if _is_x86() else 180, b"dojo-probe", os.O_RDWR | os.O_CREAT, 0o600, None
        ),
        "raise a limit": _raise_a_limit,
        "limit the grader": lambda: resource.prlimit(told["victim"], resource.RLIMIT_NOFILE),
        "slow the grader down": lambda: os.setpriority(os.PRIO_PROCESS, told["victim"], 19),
        "take the grader's cores": lambda: os.sched_setaffinity(told["victim"], {0}),
        "fill memory that no limit counts": lambda: _system_call(
            319 if _is_x86() else 279, b"x", 0
        ),
        "reach a socket of the host by its path": lambda: _connect_to_path(told["socket"]),
        "write a huge file": _write_a_huge_file,
        "see the grader's environment": lambda: os.environ[told["secret_name"]],
        "see it in /proc": lambda: Path(f"/proc/{told['victim']}/environ").read_bytes(),
        "use more memory than it has": lambda: bytearray((told["memory_mb"] + 64) << 20),
    }
    possible = {}
    for name, attempt in attempts.items():
        try:
            seen = attempt()
        except (OSError, ValueError, MemoryError, KeyError):
            continue
        possible[name] = repr(seen)[:100]
    return possible


def _look_into(folder: Path) -> str:
    # Names are no secret: where Landlock is alone, whoever may list a folder may list all below.
    for one in folder.rglob("*"):
        with contextlib.suppress(OSError):
            return f"{one.name}: {one.read_bytes()[:20]!r}"
    raise OSError("there is nothing that can be read")


def _close_by_descriptor(path: str) -> str:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fchmod(file, os.fstat(file).st_mode & 0o7777)
    finally:
        os.close(file)
    return "its mode was set"


def _lease(path: str) -> str:
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    finally:
        os.close(file)
    return "there is a lease on it"


def _is_x86() -> bool:
    return os.uname().machine == "x86_64"


def _system_call(number: int, *args: Any) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = int(libc.syscall(ctypes.c_long(number), *args))
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def _signal_its_keeper() -> str:
    keeper = os.getppid()
    if keeper == 0:
        raise OSError("it is outside of this process namespace: it has no number in here")
    os.kill(keeper, signal.SIGCONT)
    return f"signalled {keeper}"


def _become_root() -> str:
    if os.getuid() == 0:
        raise OSError("it is root already, without any capability")
    os.setuid(0)
    return "root"


def _connect(host: str, port: int) -> str:
    with socket.create_connection((host, port), timeout=1):
        return "connected"


def _connect_to_path(path: str) -> str:
    with socket.socket(socket.AF_UNIX) as end:
        end.connect(path)
        return "connected"


def _send_datagram(port: int) -> str:
    """Send one, and call it possible only if somebody answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.settimeout(0.5)
        end.sendto(b"probe", ("127.0.0.1", port))
        return repr(end.recvfrom(10))


def _raise_a_limit() -> str:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard + 1))
    return "raised"


def _write_a_huge_file() -> str:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    if limit == resource.RLIM_INFINITY:
        return "no limit"
    path = Path("probe.bin")
    try:
        with path.open("wb") as file:
            file.truncate(limit + 1)
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
    return "written"
