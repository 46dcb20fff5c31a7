"""Check this machine for what the katas need; every failed check names its cure.

The engines are started by another process, `python -m dojo.terminal.doctor prefect`, so that one
that crashes, hangs or ends its process is a failed check and nothing more.
"""

from __future__ import annotations

import functools
import os
import shlex
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from dojo.catalog.kata import CatalogError, load_catalog
from dojo.catalog.pack import pack_at
from dojo.engines import ENGINES, register
from dojo.engines.templates import EngineError
from dojo.ground.libraries.pins import pins
from dojo.ground.paths import CHOSEN, PACKAGE_ROOT, cache_dir, find_root, is_pack
from dojo.ground.run_folder import CAN_FORK, Room
from dojo.ground.safe_text import shorten
from dojo.language.words import WordTable
from dojo.place.environment import misnamed_engine
from dojo.place.environment import version_of as _installed
from dojo.place.shape import APART as APART_TRACKS
from dojo.place.shape import EXTRAS
from dojo.terminal.place_checks import Check, examine_place, restored_by

OLDEST, NEWEST = (3, 10), (3, 13)
PORTS = {port: name for engine in ENGINES.values() for port, name in engine.ports.items()}
# It is resolved apart from the others, in a file of its own; it is the only one.
_APART = next(ENGINES[track] for track in APART_TRACKS)
APART = _APART.packages[0]

# What the doctor calls its checks.
NAMES = WordTable(
    "checks",
    (
        ": ",
        "Cache",
        "Disk",
        "Environment",
        "Folder",
        "Loopback",
        "Packages",
        "Processes",
        "Progress",
        "Sockets",
        "Temporary files",
        "Versions",
    ),
)
_ENGINE_TIMEOUT_S = 300
# The exit code of an engine's process whose last line is "what; cure".
_OWN_WORDS = 3
_QUIET = "close what keeps this machine busy, then: dojo doctor"
_RESTORE = "git checkout -- constraints.txt"
_PIP = f"{shlex.quote(sys.executable)} -m pip install"


def examine(root: Path) -> Iterator[Check]:
    """Make all checks, the slow ones last.

    Args:
        root: The checkout.

    Yields:
        Each check as soon as it is made.
    """
    yield check_python(sys.version_info[:2])
    needs: set[str] = set()
    theirs: set[str] = set()
    try:
        katas = load_catalog(root)
        if said := next(filter(None, map(misnamed_engine, katas)), ""):
            raise CatalogError(said)
        needs = {need for kata in katas for need in kata.needs}
        if not (pack := pack_at(root)).is_own:
            register(pack)
            theirs = needs & pack.engines.keys()
            needs -= theirs
        yield Check("Katas", True, f"every kata.toml in {root / 'katas'} can be read")
    except CatalogError as error:
        yield Check("Katas", False, str(error), restored_by(root, "git diff katas"))
    yield from _guarded_all("Folder", lambda: examine_place(root), "dojo update")
    yield from _guarded("Packages", lambda: check_packages(root, needs), f"{_PIP} -e '.[dev]'")
    if not is_pack(root):  # whoever installs one has other versions
        yield from _guarded("Versions", lambda: check_versions(root), restored_by(root, _RESTORE))
    opened = "let this user open ports of 127.0.0.1: a firewall or a sandbox forbids it"
    yield from _guarded("Loopback", check_loopback, opened)
    for port in PORTS:
        yield from _guarded(f"Port {port}", lambda port=port: check_port(port), opened)  # type: ignore[misc]
    yield check_folder("Cache", cache_dir(), "make it writable, or name another in DOJO_CACHE")
    temporary = Path(tempfile.gettempdir())
    yield check_folder("Temporary files", temporary, "make it writable, or name another in TMPDIR")
    yield check_fork()
    for name, engine in ENGINES.items():
        if name in theirs or (name in needs and _installed(name)):
            check = functools.partial(check_engine, name)
            yield from _guarded(engine.title or name, check, _QUIET)


def check_python(version: tuple[int, ...]) -> Check:
    """Check the version of Python, such as `(3, 12)`."""
    said = ".".join(map(str, version))
    if OLDEST <= version[:2] <= NEWEST:
        return Check("Python", True, f"Python {said} at {sys.executable}")
    cure = "python3.12 -m venv .venv, then activate it and install again"
    return Check("Python", False, f"Python {said}; the katas need 3.10 to 3.13", cure)


def check_packages(root: Path, needs: set[str]) -> Check:
    """Check that what the katas need is installed."""
    if _installed(APART):
        needs = needs & {APART}
    missing = sorted(need for need in needs if not _installed(need))
    apart = f"; {_APART.title}'s katas have an environment of their own: tox -e {_APART.frames[0]}"
    note = apart if APART in missing else ""
    tracks = needs.intersection(EXTRAS)
    later = sorted(tracks.intersection(missing)) if tracks.difference(missing) else []
    if later:
        note += f"; not yet: {', '.join(later)} ('dojo' asks when you open a kata that needs it)"
    missing = [need for need in missing if need not in (APART, *later)]
    if not missing:
        return Check("Packages", True, f"all that the katas need is installed{note}")
    constraints = shlex.quote(str(root / "constraints.txt"))
    cure = f"{_PIP} -c {constraints} {' '.join(missing)}"
    return Check("Packages", False, f"missing: {', '.join(missing)}{note}", cure)


def check_versions(root: Path) -> Check:
    """Check that what is installed is what `constraints.txt` says; what is absent is left out."""
    if _installed(APART):
        return Check("Versions", True, f"not compared: {_APART.title}'s environment has its own")
    path = root / "constraints.txt"
    if not path.exists():
        return Check("Versions", False, f"{path} does not exist", restored_by(root, _RESTORE))
    wanted = pins(path)
    differing = [
        (requirement, version)
        for requirement in wanted
        if (version := _installed(requirement.name))
        and not requirement.specifier.contains(version, prereleases=True)
    ]
    if not differing:
        return Check("Versions", True, f"as in {path.name}")
    said = ", ".join(
        f"{one.name} {version} (not {one.specifier})" for one, version in differing[:3]
    )
    more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
    names = " ".join(one.name for one, _ in differing)
    cure = f"{_PIP} -c {shlex.quote(str(path))} {names}"
    return Check("Versions", False, f"other than in {path.name}: {said}{more}", cure)


def check_loopback() -> Check:
    """Check that a server on 127.0.0.1 can be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
    return Check("Loopback", True, "127.0.0.1 takes servers")


def check_port(port: int) -> Check:
    """Remark whether a port that an engine's user interface likes is free; busy is no failure."""
    name, whose = f"Port {port}", PORTS.get(port, "your server")
    try:
        socket.create_server(("127.0.0.1", port)).close()
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)):
                return Check(name, True, f"free for the {whose}")
    except PermissionError:
        raise
    except OSError:
        pass
    return Check(name, True, f"busy; give the {whose} another: --port {port + 1}")


def check_folder(name: str, folder: Path, cure: str) -> Check:
    """Check that files can be written to a folder, which is made if there is none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix="dojo-doctor-") as file:
            file.write(b"katas")
            file.flush()
    except OSError as error:
        return Check(name, False, f"{folder} cannot be written: {error.strerror}", cure)
    return Check(name, True, f"{folder} can be written")


def check_fork() -> Check:
    """Remark how runs are started."""
    said = "runs are forked: a verdict takes about a second"
    if not CAN_FORK:
        said = "runs are started afresh, for want of fork: a verdict takes some seconds"
    return Check("Processes", True, said)


def check_engine(name: str) -> Check:
    """Check that an engine starts, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "dojo.terminal.doctor", name],
        cwd=PACKAGE_ROOT,
        env={**os.environ, CHOSEN: str(find_root())},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_ENGINE_TIMEOUT_S,
        check=False,
    )
    title = ENGINES[name].title or name
    if done.returncode == 0:
        return Check(title, True, f"{name} {_installed(name)} starts")
    said = (done.stderr.strip() or "no word").splitlines()[-1]
    cure = f"{_PIP} --force-reinstall -c constraints.txt {name}, then: dojo doctor"
    if done.returncode == _OWN_WORDS:
        said, _, own = said.rpartition("; ")
        cure = cure if "dojo doctor" in own else own
    return Check(title, False, f"{name} does not start: {said}", cure)


def _try_engine(name: str, room: Room) -> None:
    engine = ENGINES[name]
    engine.isolate(room)
    if engine.tried is not None:
        engine.tried(room, _say)
        return
    with engine.running(room, _say):
        pass


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _guarded(name: str, check: Callable[[], Check], cure: str) -> Iterator[Check]:
    """Make one check; whatever it raises is its failure."""
    yield from _guarded_all(name, lambda: iter([check()]), cure)


def _guarded_all(name: str, checks: Callable[[], Iterator[Check]], cure: str) -> Iterator[Check]:
    """Make several checks; whatever one raises is a failure, and the last one."""
    try:
        yield from checks()
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        yield Check(name, False, shorten(said, 300), cure)


if __name__ == "__main__":
    own = Room()
    own.furnish()
    try:
        register(pack_at(find_root()))
        _try_engine(sys.argv[1], own)
    except EngineError as fault:
        _say(str(fault))
        raise SystemExit(_OWN_WORDS) from None
    except Exception as fault:
        _say(" ".join(f"{type(fault).__name__}: {fault}".split()))
        raise SystemExit(1) from None
    finally:
        own.close()
