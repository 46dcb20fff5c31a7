"""Take system calls from a process for good: those that no submission needs.

Above all those that make namespaces: in one of its own a process has all capabilities.

Source: seccomp(2), Linux 6.8; `linux/audit.h`.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import socket
import struct

from dojo.sandbox.kernel import KNOWN_MACHINE, check, libc, promise_no_privileges

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_X86 = platform.machine() == "x86_64"

# Number on x86-64, number on arm64.
_FORBIDDEN = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "open_tree": (428, 428),
    "mount_setattr": (442, 442),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_by_handle_at": (304, 265),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "quotactl": (179, 60),
    "syslog": (103, 116),
    # What they make outlives whoever made it, where there is no namespace for it.
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "sethostname": (170, 161),
    # Files in memory that no limit counts: neither that of memory nor that of the disk.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
}
# Where the machine's files are in reach, by path: whose mode and times Landlock lets anybody change
# who owns them. Those of `ANSWERED` process 1 makes, in the sandbox's folders; others are not made.
_CHANGING = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "utimensat": (280, 88),
}


def _here(pair: tuple[int | None, int | None]) -> int | None:
    """Return which number a call has on this machine; None: it has none."""
    return pair[0 if _X86 else 1]


ANSWERED = {number: name for name, pair in _CHANGING.items() if (number := _here(pair)) is not None}
_FORBIDDEN_BY_PATH = {
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    # Whoever may not list a folder could still hear what becomes of the files in it.
    "inotify_add_watch": (254, 27),
    "fanotify_init": (300, 262),
}
# Of which the second argument must not be this. A lease on a file holds up whoever opens it, for
# 45 s, in all of the machine: also on one that is shown read-only.
_NOT_WITH = (
    (72, 25, 1024),  # fcntl, F_SETLEASE
    (72, 25, 1026),  # fcntl, F_NOTIFY
    (16, 29, 0x40086602),  # ioctl, FS_IOC_SETFLAGS
    (16, 29, 0x401C5820),  # ioctl, FS_IOC_FSSETXATTR
)
# Of which one argument says whose: here it must be 0, which is the caller. Where there is no
# namespace, the grader and its neighbours are of the same user.
_OF_ITSELF = {
    "prlimit64": (302, 261, 0),
    "sched_setaffinity": (203, 122, 0),
    "sched_setscheduler": (144, 119, 0),
    "sched_setparam": (142, 118, 0),
    "sched_setattr": (314, 274, 0),
    "setpriority": (141, 140, 1),
    "ioprio_set": (251, 30, 1),
}
_CLONE, _CLONE3, _SOCKET = ((56, 435, 41), (220, 435, 198))[0 if _X86 else 1]
_AUDIT_ARCH = 0xC000003E if _X86 else 0xC00000B7
_NEW_NAMESPACES = 0x7E020080  # all CLONE_NEW... flags
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, 16)  # 16: netlink, for getaddrinfo
_KILL, _ALLOW, _ERRNO, _ASK = 0x80000000, 0x7FFF0000, 0x00050000, 0x7FC00000
_SECCOMP = 317 if _X86 else 277
# It is told to whom the descriptor that comes of it belongs; who waits for an answer can be killed.
_SET_FILTER, _WITH_DESCRIPTOR, _KILLABLE = 1, 1 << 3, 1 << 5


def restrict_system_calls(*, alone: bool) -> int | None:
    """Take from this process, for good, the system calls that no submission needs.

    Args:
        alone: Whether it has a network and a file system of its own. Else it may make neither UDP
            sockets nor those that are reached by a path: Landlock does not see them. And it changes
            no file's mode or times itself.

    Returns:
        Where the kernel asks for what it then does not do itself (`answered`); None: nowhere.

    Raises:
        OSError: The kernel has no seccomp, or this machine is an unknown one.
    """
    if not KNOWN_MACHINE:
        raise OSError(errno.ENOSYS, f"no list of system calls for {platform.machine()}")
    code = _filter(alone)
    program = ctypes.create_string_buffer(code)
    prog = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(program))
    promise_no_privileges()
    if alone:
        done = libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, prog, 0, 0)
        check(done, "seccomp")
        return None
    number, how = ctypes.c_long(_SECCOMP), ctypes.c_uint(_WITH_DESCRIPTOR | _KILLABLE)
    return check(libc.syscall(number, ctypes.c_uint(_SET_FILTER), how, prog), "seccomp")


def _filter(alone: bool) -> bytes:
    """Assemble the filter: a list of `struct sock_filter`."""
    load, equal, at_least, bits = 0x20, 0x15, 0x35, 0x45
    and_, give = 0x54, 0x06

    def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("HBBI", code, yes, no, value)

    refuse = step(give, _ERRNO | errno.EPERM)
    allow = step(give, _ALLOW)
    number, architecture, first, second = 0, 4, 16, 24  # offsets in `struct seccomp_data`
    steps = [step(load, architecture), step(equal, _AUDIT_ARCH, 1), step(give, _KILL)]
    steps += [step(load, number)]
    if _X86:  # the x32 variants have numbers of their own
        steps += [step(at_least, 0x40000000, 0, 1), refuse]
    forbidden = [*_FORBIDDEN.values(), *(() if alone else _FORBIDDEN_BY_PATH.values())]
    for one in filter(None, map(_here, forbidden)):
        steps += [step(equal, one, 0, 1), refuse]
    for one in () if alone else ANSWERED:
        steps += [step(equal, one, 0, 1), step(give, _ASK)]
    for x86, arm, value in _NOT_WITH:
        steps += [step(equal, x86 if _X86 else arm, 0, 4), step(load, second)]
        steps += [step(equal, value, 0, 1), refuse, step(load, number)]
    for x86, arm, place in _OF_ITSELF.values():
        whose = step(load, first + 8 * place)
        steps += [
            step(equal, x86 if _X86 else arm, 0, 4),
            whose,
            step(equal, 0, 0, 1),
            allow,
            refuse,
        ]
    # Its flags are behind a pointer, which a filter cannot follow: the C library uses clone then.
    steps += [step(equal, _CLONE3, 0, 1), step(give, _ERRNO | errno.ENOSYS)]
    steps += [step(equal, _CLONE, 0, 4), step(load, first)]
    steps += [step(bits, _NEW_NAMESPACES, 0, 1), refuse, allow]
    steps += [step(equal, _SOCKET, 1), allow, step(load, first)]
    families = [one for one in _FAMILIES if alone or one != socket.AF_UNIX]
    for left, family in zip(range(len(families), 0, -1), families, strict=True):
        steps += [step(equal, int(family), left)]
    steps += [refuse]
    if not alone:
        steps += [step(equal, 16, 0, 1), allow]
        steps += [step(load, second), step(and_, 0xF), step(equal, 1, 1), refuse]
    steps += [allow]
    return b"".join(steps)
