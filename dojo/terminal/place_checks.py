"""Check the folder that a learner works in: the doctor's part that knows workspace and clone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from dojo.catalog.kata import kata_folders
from dojo.ground.safe_text import shorten
from dojo.place import environment
from dojo.place.state import PlaceError, Workspace, own_version, workspace_at

PLUGIN = "dojo.running.entry"
_LEAST_FREE_MB = 300
_COLLECT_S = 120
_SOCKETS_PATH = 103
_SOCKETS_NAME = 30
_OF_YOUR_OWN = "'dojo init my-katas' makes a folder of your own"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What was looked at.
        ok: Whether the katas can live with it.
        said: What was found, in one line.
        cure: What to do about it; empty when there is nothing to do.
    """

    name: str
    ok: bool
    said: str
    cure: str = ""


def examine_place(root: Path) -> Iterator[Check]:
    """Make the checks of a folder with katas.

    Args:
        root: The clone or the workspace.

    Yields:
        Each check as soon as it is made.
    """
    known = None
    try:
        known = workspace_at(root)
        yield _check_workspace(root, known)
    except PlaceError as error:
        aside = "move it away, then: dojo init my-katas, and copy your files into that"
        yield Check("Folder", False, str(error), aside)
    if known is not None and environment.is_made(root):
        yield _check_environment(root)
    yield _check_written(root)
    yield _check_space(root)
    yield check_length()
    yield check_prefix()
    yield from _check_collected(root)


def restored_by(root: Path, command: str) -> str:
    """Return what brings a file of ours back: a command of Git in a clone, else an update."""
    try:
        return command if workspace_at(root) is None else "dojo update"
    except PlaceError:
        return command


def _check_workspace(root: Path, known: Workspace | None) -> Check:
    conftest = root / "conftest.py"
    cure = restored_by(root, "git checkout -- conftest.py")
    if known is not None and known.half:
        said = "a 'dojo init' or 'dojo update' was ended halfway"
        return Check("Folder", False, f"{root}: {said}", "dojo update")
    if not conftest.is_file():
        return Check("Folder", False, f"{conftest} is gone: pytest finds no kata", cure)
    if PLUGIN not in conftest.read_text(encoding="utf-8", errors="replace"):
        line = f'pytest_plugins = ["{PLUGIN}"]'
        said = f"{conftest} does not name {PLUGIN}: pytest finds no kata"
        return Check("Folder", False, said, f"add to it: {line}")
    if known is None:
        return Check("Folder", True, f"{root}, a clone")
    if Version(known.dojo) != Version(own_version()):
        newer = Version(known.dojo) > Version(own_version())
        cure = "pip install -U ml-dojo" if newer else "dojo update"
        said = f"its katas are of ml-dojo {known.dojo}, this is {own_version()}"
        return Check("Folder", False, f"{root}: {said}", cure)
    return Check("Folder", True, f"{root}, a workspace of ml-dojo {known.dojo}")


def _check_environment(root: Path) -> Check:
    own = root / environment.FOLDER
    if Path(sys.prefix).resolve() == own.resolve():
        return Check("Environment", True, f"{own}, the workspace's own")
    said = f"this is the Python of {sys.prefix}, the workspace has its own in {own}"
    activate = r"Scripts\activate" if os.name == "nt" else "bin/activate"
    cure = f"activate it: {'' if os.name == 'nt' else '. '}{Path(environment.FOLDER, activate)}"
    return Check("Environment", False, said, cure)


def _check_written(root: Path) -> Check:
    """Check that the learner's record and files can be written."""
    folder = root / ".dojo" if (root / ".dojo").exists() else root
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".dojo-doctor-"):
            pass
    except OSError as error:
        said = f"{folder} cannot be written ({error.strerror}): nothing you solve is remembered"
        return Check("Progress", False, said, f"make it writable; or {_OF_YOUR_OWN}")
    return Check("Progress", True, f"{folder} can be written")


def _check_space(root: Path) -> Check:
    for folder, cure in (
        (Path(tempfile.gettempdir()), "remove what you do not need, or name another in TMPDIR"),
        (root, f"remove what you do not need there; or, on another disk, {_OF_YOUR_OWN}"),
    ):
        free_mb = shutil.disk_usage(folder).free >> 20
        if free_mb < _LEAST_FREE_MB:
            said = f"{folder} has {free_mb} MB left, a run may need {_LEAST_FREE_MB}"
            return Check("Disk", False, said, cure)
    return Check("Disk", True, f"there are at least {_LEAST_FREE_MB} MB left for a run")


def check_length() -> Check:
    """Check that sockets fit below the temporary folder: servers of the engines open some there.

    Source: unix(7): the path of a socket has at most 107 bytes; macOS takes 103.
    """
    folder = tempfile.gettempdir()
    length = len(os.fsencode(folder))
    if length + _SOCKETS_NAME <= _SOCKETS_PATH:
        return Check("Sockets", True, f"{folder} is short enough for them")
    said = f"{folder} has {length} bytes: no socket of 'dagster dev' fits below it; katas need none"
    return Check("Sockets", False, said, "name a shorter folder in TMPDIR")


def check_prefix() -> Check:
    """Check that Dagster's own programs find their settings below the folder of the packages.

    Source: alembic 1.20, `Config.file_config`: the path of an .ini file is read as a value of it,
    in which a % begins a name.
    """
    if "%" not in sys.prefix:
        return Check("Packages", True, f"{sys.prefix} is a path that settings can name")
    said = (
        f"{sys.prefix} has a % in its path: a program that runs Dagster by itself ends with"
        " InterpolationSyntaxError; katas do not"
    )
    return Check("Packages", False, said, f"for such programs: {_OF_YOUR_OWN}, without a %")


def _check_collected(root: Path) -> Iterator[Check]:
    """Check that pytest finds tests here, with whatever plugins and settings a person has."""
    folder = next(iter(kata_folders(root)), None)
    if folder is None or not (folder / f"test_{folder.name[3:]}.py").is_file():
        return
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", f"katas/{folder.name}"],
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_COLLECT_S,
        check=False,
    )
    if not done.returncode:
        yield Check("pytest", True, f"finds the tests of {folder.name}")
        return
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    faults = [line for line in lines if line.startswith("E  ")] or lines[-1:]
    said = shorten(" ".join(faults[-1].removeprefix("E").split()), 300) if faults else "no word"
    own = list((root / "katas").glob("**/conftest.py"))
    if "No module named" in said and not own:
        return  # a package: another check says which
    mend = "pytest --collect-only katas shows all of it"
    cure = f"look into {own[0]}; {mend}" if own else mend
    yield Check("pytest", False, f"finds no tests of {folder.name}: {said}", cure)
