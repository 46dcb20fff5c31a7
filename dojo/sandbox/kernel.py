"""Ask the Linux kernel for walls: namespaces, mounts, Landlock; plain system calls.

Everything here acts on the calling process, which must have one thread and is a fork that will
hold a submission. Nothing here needs root. What a namespace cannot do is Landlock's: to keep a
submission from the files and signals of a trusted process beside it.

Source: landlock(7), user_namespaces(7), Linux 6.8.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import socket
import struct
from collections.abc import Collection, Iterable
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
_MNT_DETACH = 2
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_NOSUID = 1, 2
_AT_RECURSIVE = 0x8000

_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 24, 38

_X86 = platform.machine() == "x86_64"
KNOWN_MACHINE = platform.machine() in ("x86_64", "aarch64")
_PIVOT_ROOT = 155 if _X86 else 41
# One number on every machine, as for all system calls since 2019.
_MOUNT_SETATTR = 442
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446


def check(result: int, what: str) -> int:
    """Return what a call of the C library returned.

    Raises:
        OSError: It says that it failed.
    """
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return int(result)


def _syscall(what: str, number: int, *args: object) -> int:
    return check(libc.syscall(ctypes.c_long(number), *args), what)


def unshare(flags: int) -> None:
    """Move this process (for CLONE_NEWPID: its next children) into new namespaces."""
    check(libc.unshare(flags), "unshare")


def return_to_own_process_namespace() -> None:
    """Have this process's next children be born beside it, after an `unshare(CLONE_NEWPID)`."""
    own = os.pidfd_open(os.getpid())
    try:
        check(libc.setns(own, CLONE_NEWPID), "setns")
    finally:
        os.close(own)


def enter_user_namespace(more: int, inner_id: int = 1000) -> None:
    """Move this process into a user namespace of its own, and into others that this one owns.

    Args:
        more: The other `CLONE_NEW...` flags.
        inner_id: The user and group id that this process has in there.

    Raises:
        OSError: The kernel or its administrator does not allow it.
    """
    user, group = os.getuid(), os.getgid()
    unshare(CLONE_NEWUSER | more)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{inner_id} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{inner_id} {group} 1", encoding="ascii")


def bring_loopback_up() -> None:
    """Switch on `lo` in a new network namespace."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS


def _mount(source: str, target: Path, kind: str, flags: int, options: str = "") -> None:
    done = libc.mount(source.encode(), os.fsencode(target), kind.encode(), flags, options.encode())
    check(done, f"mount {target}")


def mount_tmpfs(target: Path, megabytes: int) -> None:
    """Mount an empty file system in memory."""
    options = f"size={megabytes}m,nr_inodes=20000,mode=755"
    _mount("tmpfs", target, "tmpfs", _MS_NOSUID | _MS_NODEV, options)


def set_read_only(target: Path) -> None:
    """Make a mount and all mounts below it read-only."""
    attributes = struct.pack("QQQQ", _MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID, 0, 0, 0)
    path = ctypes.c_char_p(os.fsencode(target))
    _syscall(f"mount_setattr {target}", _MOUNT_SETATTR, -100, path, _AT_RECURSIVE, attributes, 32)


def bind(source: Path, target: Path, *, writable: bool = False) -> None:
    """Have `target`, made when needed, show what is at `source`."""
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount(str(source), target, "", _MS_BIND | _MS_REC)
    if not writable:
        set_read_only(target)


def change_root(
    new_root: Path,
    shown: Iterable[Path],
    hidden: Iterable[Path],
    room: Path,
    megabytes: int,
    temporary: int,
) -> None:
    """Leave the file system for an empty one which shows only what it is told to.

    Args:
        new_root: An empty folder to build it on.
        shown: What to show, read-only, at the place where it is now. Of a linked folder the link.
        hidden: Files and folders below it that are empty in there.
        room: An empty folder in memory takes its place; what it holds now is copied there.
        megabytes: The size of that folder.
        temporary: The size of `/tmp` and of `/dev/shm`, in megabytes.
    """
    import shutil

    _mount("none", Path("/"), "", _MS_REC | _MS_PRIVATE)
    mount_tmpfs(new_root, 16)
    for name, size in (("tmp", temporary), ("dev", 1), ("dev/shm", temporary)):
        (new_root / name).mkdir()
        mount_tmpfs(new_root / name, size)
    for path in shown:
        inside = new_root / str(path).lstrip("/")
        # As /lib -> usr/lib: two mounts of one folder would hide a file in one of them only.
        if path.is_symlink() and path.is_dir():
            inside.parent.mkdir(parents=True, exist_ok=True)
            inside.symlink_to(path.resolve())
        elif path.exists():
            bind(path, inside)
    for path in hidden:
        inside = new_root / str(path).lstrip("/")
        if inside.is_dir():
            mount_tmpfs(inside, 1)
            set_only_this_read_only(inside)
        elif inside.exists():
            _mount("/dev/null", inside, "", _MS_BIND)
    for name in ("null", "zero", "full", "random", "urandom"):
        bind(Path("/dev") / name, new_root / "dev" / name)  # what is written there changes nothing
    (new_root / "proc").mkdir()
    with contextlib.suppress(OSError):  # refused where the outer one is masked: then there is none
        _mount("proc", new_root / "proc", "proc", _MS_NOSUID | _MS_NODEV)
    inside = new_root / str(room).lstrip("/")
    inside.mkdir(parents=True)
    mount_tmpfs(inside, megabytes)
    shutil.copytree(room, inside, symlinks=True, dirs_exist_ok=True)
    os.chdir(new_root)
    _syscall("pivot_root", _PIVOT_ROOT, b".", b".")
    check(libc.umount2(b".", _MNT_DETACH), "umount the old root")
    os.chdir("/")
    set_only_this_read_only(Path("/"))


def set_only_this_read_only(target: Path) -> None:
    """Make one mount read-only, and leave those below it."""
    attributes = struct.pack("QQQQ", _MOUNT_ATTR_RDONLY, 0, 0, 0)
    path = ctypes.c_char_p(os.fsencode(target))
    _syscall(f"mount_setattr {target}", _MOUNT_SETATTR, -100, path, 0, attributes, 32)


def promise_no_privileges() -> None:
    """Give up what a set-uid program would give: Landlock and seccomp ask for it."""
    check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def drop_privileges() -> None:
    """Give up all capabilities for good, and what a set-uid program would give."""
    for number in range(64):
        if libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0) < 0:
            break
    promise_no_privileges()
    header = struct.pack("Ii", 0x20080522, 0)
    check(libc.capset(header, struct.pack("6I", *([0] * 6))), "capset")


# --- Landlock ---------------------------------------------------------------------------------

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_BIND_TCP, _CONNECT_TCP = 1, 2
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1, 2


def landlock_version() -> int:
    """Return the version of the kernel's Landlock; 0 when there is none."""
    return max(int(libc.syscall(ctypes.c_long(_LANDLOCK_CREATE), None, 0, 1)), 0)


def restrict_with_landlock(
    readable: Iterable[Path],
    hidden: Collection[Path],
    writable: Iterable[Path],
    ports: Iterable[int] | None,
) -> None:
    """Take from this process all files but those below some paths.

    Processes outside of what this one forks later can no longer be signalled or traced by it.

    Args:
        readable: May be read and executed.
        hidden: Files and folders that may not, by their real paths, though they lie below.
        writable: May be read, written and executed.
        ports: The only TCP ports it may connect to; it may bind none. None: no restriction.

    Raises:
        OSError: The kernel has no Landlock.
    """
    version = landlock_version()
    if version < 1:
        raise OSError(errno.ENOSYS, "this kernel has no Landlock")
    every = (1 << 13) - 1
    every |= 1 << 13 if version >= 2 else 0  # refer
    every |= _TRUNCATE if version >= 3 else 0
    every |= _IOCTL_DEV if version >= 5 else 0
    net = _BIND_TCP | _CONNECT_TCP if version >= 4 and ports is not None else 0
    scope = _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS if version >= 6 else 0
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = struct.pack("QQQ", every, net, scope)[:size]
    ruleset = _syscall("landlock_create_ruleset", _LANDLOCK_CREATE, attributes, size, 0)
    read_only = _EXECUTE | _READ_FILE | _READ_DIR
    for path in readable:
        _allow_all_but(ruleset, path, hidden, read_only)
    for path in writable:
        _allow_path(ruleset, path, every)
    for port in ports or () if net else ():
        rule = struct.pack("QQ", _CONNECT_TCP, port)
        _syscall("landlock_add_rule", _LANDLOCK_ADD, ruleset, 2, rule, 0)
    promise_no_privileges()
    _syscall("landlock_restrict_self", _LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)


def _allow_all_but(ruleset: int, path: Path, hidden: Collection[Path], rights: int) -> None:
    """Allow what is below a path, but for some files: a rule takes nothing back."""
    path = path.resolve()
    if path in hidden:
        return
    if not any(path in one.parents for one in hidden):
        _allow_path(ruleset, path, rights)
        return
    _allow_path(ruleset, path, _READ_DIR)
    for child in path.iterdir():
        if not child.is_symlink():  # it is allowed where it leads to, or not
            _allow_all_but(ruleset, child, hidden, rights)


def _allow_path(ruleset: int, path: Path, rights: int) -> None:
    try:
        where = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not path.is_dir():
            rights &= _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, where)
        _syscall(f"landlock_add_rule {path}", _LANDLOCK_ADD, ruleset, 1, rule, 0)
    finally:
        os.close(where)
