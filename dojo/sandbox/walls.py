"""Put walls around a submission, and try them before anything is graded.

Two levels. `strict`: namespaces (a file system that shows only Python and the dojo, no network but
its own loopback, processes that cannot see out and are killed whole) with Landlock and seccomp
inside. `landlock`: where namespaces are not to be had, Landlock and seccomp alone: the submission
may connect to the ports it is given and to nothing else, and stays in the host's process list.
See docs/decisions/0009-walls-after-the-fork.md.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import resource
import signal
import sys
import sysconfig
from pathlib import Path
from typing import Literal

from dojo.catalog.pack import installed
from dojo.engines import ENGINES
from dojo.ground.endings import Ending, of_exit_code
from dojo.ground.paths import PACKAGE_ROOT, cache_dir
from dojo.place.carried import ARCHIVE
from dojo.sandbox import kernel
from dojo.sandbox.calls import seccomp

Level = Literal["strict", "landlock"]
_CORES_IN_CGROUP = ("cpu.max", "cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")
_NAMESPACES = (
    kernel.CLONE_NEWNS
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNET
)
_SYSTEM = ("/lib", "/lib64", "/lib32", "/bin", "/sbin")
# Of a folder with programs, such as an environment. What lies beside these is somebody's work: a
# clone in the environment's `src`, where pip puts it, or in /usr/src; an environment in a clone.
_OF_PROGRAMS = (
    *("bin", "etc", "include", "lib", "lib32", "lib64", "libexec", "sbin", "share", "ssl"),
    "pyvenv.cfg",
)
_ETC = ("ld.so.cache", "localtime", "nsswitch.conf", "hosts", "alternatives", "mime.types")


class SandboxError(Exception):
    """The asked walls cannot be had here; the message says which, and what would give them."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one process of a submission, with all that it starts, may use.

    Attributes:
        wall_s: Seconds on the clock, for each thing that is asked of it.
        cpu_s: Seconds of processor time, a process.
        memory_mb: Memory a process, on top of what the warm parent has mapped.
        processes: Processes and threads.
        file_mb: The largest file.
        disk_mb: All files together.
        open_files: Open files a process.
    """

    wall_s: float = 20.0
    cpu_s: int = 120
    memory_mb: int = 2048
    processes: int = 128
    file_mb: int = 64
    disk_mb: int = 256
    open_files: int = 512


def interpreter_paths() -> list[Path]:
    """Return what a Python with the taught libraries reads: itself, its packages, the dojo.

    A link is there beside what it leads to.
    """
    named = [
        *(
            f"{folder}/{name}"
            for folder in ("/usr", "/usr/local", sys.prefix, sys.base_prefix)
            for name in _OF_PROGRAMS
        ),
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("purelib"),
        # An environment above another, as 'uv run --with' makes one, has the other's packages too.
        *(one for one in sys.path if Path(one).name in ("site-packages", "dist-packages")),
    ]
    found = [Path(one) for one in (*_SYSTEM, *named)]
    found += links_to(Path(sys.executable))
    found += [Path("/etc") / name for name in _ETC]
    found += [PACKAGE_ROOT / "dojo", cache_dir()]
    found += [path for engine in ENGINES.values() for path in engine.readable()]
    paths: list[Path] = []
    for link in (path.parent.resolve() / path.name for path in found):
        for path in (link, link.resolve()):
            if path.exists() and not any(one == path or one in path.parents for one in paths):
                paths.append(path)
    return paths


def links_to(program: Path) -> list[Path]:
    """Return a program, and each link on the way to it: an environment's may lead to another's."""
    found = [program]
    while found[-1].is_symlink():
        found.append(found[-1].parent / found[-1].readlink())
    return found


def hidden_paths() -> list[Path]:
    """Return what lies among these and no submission may read.

    The katas that the dojo's wheel carries, or another one's in an environment below, and the
    references of packs that pip has installed.
    """
    found = [one / "dojo" / ARCHIVE for one in (PACKAGE_ROOT, *map(Path, sys.path))]
    found += [one / "reference" for one in installed()]
    return [path.resolve() for path in found if path.exists()]


def enter_namespaces() -> None:
    """Take the calling process out of the host's namespaces; its next child gets process id 1.

    Raises:
        OSError: The kernel or its administrator does not allow it.
    """
    kernel.enter_user_namespace(_NAMESPACES)


def furnish_namespaces(new_root: Path, room: Path, limits: Limits) -> None:
    """Change the file system and switch on the loopback: the first act of process id 1."""
    kernel.bring_loopback_up()
    shown, size = interpreter_paths(), limits.disk_mb
    kernel.change_root(new_root, shown, hidden_paths(), room, size, size)


def confine(
    level: Level, writable: list[Path], readable: list[Path], ports: list[int]
) -> int | None:
    """Close the last doors of a process that is about to load a submission.

    Args:
        level: The level that its keeper has reached.
        writable: The folders it may write to.
        readable: The folders it may read besides the interpreter's.
        ports: At level `landlock` the only ports of the loopback that it may connect to.

    Returns:
        What `restrict_system_calls` does.
    """
    kernel.drop_privileges()
    devices = [Path("/dev") / name for name in ("null", "zero", "full", "random", "urandom")]
    readable = [*interpreter_paths(), *readable]
    writable = [*writable, *devices]
    if level == "strict":
        readable.append(Path("/proc"))
        # Not /tmp: the sandbox's folder may lie below it, with the engine's database in it.
        writable.append(Path("/dev/shm"))
    else:
        readable.append(Path("/proc/self"))
        # How many cores there are is asked in here by joblib, which histogram boosting does.
        readable += [Path("/sys/fs/cgroup") / name for name in _CORES_IN_CGROUP]
    open_ports = None if level == "strict" else ports
    # In namespaces it is covered already, and stays so whatever a rule allows.
    hidden = [] if level == "strict" else hidden_paths()
    kernel.restrict_with_landlock(readable, hidden, writable, open_ports)
    return seccomp.restrict_system_calls(alone=level == "strict")


def limit_resources(limits: Limits) -> None:
    """Set the limits that the kernel keeps for a process and all that it starts.

    It also steps back: a supervisor that waits for its turn behind a fork bomb stops nothing.
    """
    os.nice(10)
    mapped = _mapped_bytes()
    pairs = {
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_AS: mapped + (limits.memory_mb << 20),
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_FSIZE: limits.file_mb << 20,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    for name, value in pairs.items():
        with contextlib.suppress(ValueError, OSError):
            _, most = resource.getrlimit(name)
            value = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(name, (value, value + 1 if name == resource.RLIMIT_CPU else value))


def limit_engines(limits: Limits) -> None:
    """Limit this process and the engines that it will start: a submission is their client.

    A request is in their memory, and what it asks for in their files. These are soft limits, of
    which a process of the submission has none but its own.
    """
    pairs = {
        resource.RLIMIT_AS: _mapped_bytes() + (limits.memory_mb << 20),
        resource.RLIMIT_FSIZE: limits.disk_mb << 20,
    }
    for name, value in pairs.items():
        _, most = resource.getrlimit(name)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(name, (value, most))


def ending_within(limits: Limits, code: int | None, peak_kb: int) -> Ending:
    """Return how a process ended that had these limits, as the kernel told its parent.

    Args:
        limits: What it might use.
        code: Its exit code, negative for a signal; None if it had to be killed.
        peak_kb: The most memory that one of its processes used.
    """
    if code == -signal.SIGXCPU:
        return Ending("timeout", code, float(limits.cpu_s))
    if code == -signal.SIGKILL and peak_kb // 1024 > limits.memory_mb:
        return Ending("memory", code)
    return of_exit_code(code)


def _mapped_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 8 << 30
    return pages * os.sysconf("SC_PAGE_SIZE")


def missing_for(level: Level) -> str:
    """Say in one line what this machine lacks for a level; empty when nothing is known to lack."""
    if sys.platform != "linux" or not kernel.KNOWN_MACHINE:
        return "a sandbox needs Linux on x86-64 or arm64: grade in a virtual machine or in CI"
    version = kernel.landlock_version()
    least = 4 if level == "landlock" else 1
    if version < least:
        return (
            f"this kernel's Landlock is version {version}, level {level!r} needs {least}:"
            " take a kernel from 6.7 on with 'landlock' in its list of security modules (lsm=)"
        )
    if level == "strict" and (refused := _try_namespaces()):
        return (
            f"this machine does not let a user make namespaces ({refused}):"
            " 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0' allows it on Ubuntu;"
            " in a container ask for a security profile that does, or take '--level landlock'"
        )
    return ""


def _try_namespaces() -> str:
    """Make namespaces in a child; return why it could not."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            enter_namespaces()
            kernel.bring_loopback_up()
        except OSError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        said = told.read().decode(errors="replace")
    os.waitpid(pid, 0)
    return said
