"""Give katas the packages that they need, and a workspace an environment and a history in Git.

The packages of the first track come with `dojo init`, or with the README's first command; those of
another one when one of its katas is first opened.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dojo.catalog.kata import Kata, Track
from dojo.ground.exits import EngineError
from dojo.ground.files import write_whole
from dojo.place.shape import APART, EXTRAS, extra_of
from dojo.place.state import PlaceError

FOLDER = ".venv"
# In that folder: for what it was made, once all is installed.
READY = "ml-dojo-ready"
# What has another name where the first is not made for: macOS.
_INSTEAD = {"xgboost-cpu": ("xgboost",)}
_OWN = {"user.name": "ML dojo", "user.email": "dojo@localhost"}


class NotInstalled(PlaceError):
    """The packages cannot be installed; the message says how to go on."""


class TrackMissing(Exception):
    """A kata cannot run before its packages are installed; the message says how, in one line.

    Attributes:
        extra: What `dojo install` is to be given, for one of the dojo's own katas.
        cure: The command to type.
        names: The packages that are missing.
        kata: The first kata that needs them.
    """

    def __init__(self, kata: Kata, names: list[str]) -> None:
        self.extra = kata.track if kata.track in EXTRAS else EXTRAS[0]
        self.names, self.kata = names, kata
        named = f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} not installed"
        by_name = f"python -m pip install {' '.join(names)}"
        self.cure = f"dojo install {self.extra}" if kata.pack.is_own else by_name
        super().__init__(f"{kata.id} needs more packages, {named}: {self.cure}")


def check_packages(katas: Iterable[Kata]) -> None:
    """Look whether all that katas need is installed; nothing is imported.

    Raises:
        EngineError: What is not is nearly called as an engine of the kata's pack.
        TrackMissing: Something is not: what the first kata lacks.
    """
    for kata in katas:
        if said := misnamed_engine(kata):
            raise EngineError(said)
        engines = () if kata.pack.is_own else kata.pack.engines
        needs = [need for need in kata.needs if need not in engines]
        if missing := [need for need in needs if not version_of(need)]:
            raise TrackMissing(kata, missing)


def misnamed_engine(kata: Kata) -> str:
    """Say which need is nearly called as an engine of the kata's pack; empty if none is.

    To install a package of such a name would be to install anybody's.
    """
    engines = () if kata.pack.is_own else kata.pack.engines
    for need in kata.needs:
        near = difflib.get_close_matches(need, engines, n=1, cutoff=0.75)
        if near and need != near[0] and not version_of(need):
            return f"{kata.id} needs {need!r}, which is no engine; did you mean {near[0]!r}?"
    return ""


def version_of(need: str) -> str:
    """Return the installed version of what a kata needs; empty if it is not installed."""
    for name in (need, *_INSTEAD.get(need, ())):
        with contextlib.suppress(metadata.PackageNotFoundError):
            return str(metadata.version(canonicalize_name(name)) or "")
    return ""


def packages_of(extra: str) -> list[str]:
    """Return what an extra of this dojo asks for, on this Python, as pip and uv take it."""
    found = []
    for text in metadata.requires("ml-dojo") or ():
        asked = Requirement(text)
        if asked.marker is None or asked.marker.evaluate({"extra": ""}):
            continue
        if not asked.marker.evaluate({"extra": extra}):
            continue
        if canonicalize_name(asked.name) == "ml-dojo":
            found += [name for one in sorted(asked.extras) for name in packages_of(one)]
        else:
            asked.marker = None
            found.append(str(asked))
    return sorted(set(found))


def add(root: Path, extra: str, say: Callable[[str], None]) -> None:
    """Install the packages of a track into the Python that runs; with uv if it is there, else pip.

    Args:
        root: The clone or the workspace; its `constraints.txt` names the versions.
        extra: One of EXTRAS.
        say: Is told what happens.

    Raises:
        NotInstalled: They cannot be installed.
    """
    say(f"Installing the packages of {extra} with {'uv' if shutil.which('uv') else 'pip'} ...")
    add_named(root, packages_of(extra))
    own = root / FOLDER
    if is_made(root) and Path(sys.prefix).resolve() == own.resolve():
        write_whole(own / READY, _needed(root, sorted({*_extras_at(root), extra})))


def add_named(root: Path, names: list[str], say: Callable[[str], None] = lambda _: None) -> None:
    """Install packages by their names, as a pack by others needs them; see `add`."""
    say(f"Installing {', '.join(names)} with {'uv' if shutil.which('uv') else 'pip'} ...")
    pinned = ["-c", "constraints.txt"] if (root / "constraints.txt").is_file() else []
    _install(root, sys.executable, [*pinned, *names])
    importlib.invalidate_caches()


def _install(root: Path, python: str, what: list[str]) -> None:
    if uv := shutil.which("uv"):
        _run(root, [uv, "pip", "install", "--compile-bytecode", "--python", python, *what])
        return
    try:
        _run(root, [python, "-c", "import importlib.util as u; exit(u.find_spec('pip') is None)"])
    except NotInstalled:  # uv has made it, and is gone since
        _run(root, [python, "-m", "ensurepip"])
    _run(root, [python, "-m", "pip", "install", *what])


def python_of(root: Path) -> Path:
    """Return the Python of a workspace's own environment."""
    windows = root / FOLDER / "Scripts" / "python.exe"
    return windows if os.name == "nt" else root / FOLDER / "bin" / "python"


def is_made(root: Path) -> bool:
    """Say whether `dojo init` has made the environment."""
    return (root / FOLDER / READY).is_file()


def is_ready(root: Path, track: Track | None) -> bool:
    """Say whether the environment has what the workspace, as it is now, needs."""
    try:
        found = (root / FOLDER / READY).read_text(encoding="utf-8")
    except OSError:
        return False
    return found == _needed(root, _wanted(root, track))


def _extras_at(root: Path) -> list[str]:
    """Return of which tracks the environment has the packages."""
    try:
        first = (root / FOLDER / READY).read_text(encoding="utf-8").splitlines()[0]
        return first.split()[2].split(",")
    except (OSError, IndexError):
        return []


def _wanted(root: Path, track: Track | None) -> list[str]:
    """Return of which tracks it is to have them: its own, and those that were opened since."""
    found = _extras_at(root)
    opened = EXTRAS if "all" in found else [one for one in found if one in EXTRAS]
    return sorted({extra_of(track), *opened})


def make(root: Path, track: Track | None, say: Callable[[str], None]) -> None:
    """Make the environment, or bring it up to date; with uv where it is installed, else pip.

    Raises:
        NotInstalled: It cannot be made; the workspace is whole all the same.
    """
    if is_ready(root, track):
        return
    uv = shutil.which("uv")
    say(f"Installing the packages into {FOLDER} with {'uv' if uv else 'pip'}: some minutes ...")
    if uv:
        create = [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, FOLDER]
    else:
        create = [sys.executable, "-m", "venv", FOLDER]
    wanted = _wanted(root, track)
    try:
        if not is_made(root):  # or half made: both take what is there
            _run(root, create)
        _install(root, str(python_of(root)), _what(wanted))
    except NotInstalled as error:
        raise NotInstalled(f"{error}, --no-venv leaves the packages to you") from None
    write_whole(root / FOLDER / READY, _needed(root, wanted))


def _what(wanted: list[str]) -> list[str]:
    """Return what is installed, as pip and uv take it: this very dojo with packages of tracks."""
    apart = _apart(wanted)
    extra = "" if apart else f"[{','.join(wanted)}]"
    pinned = ["-r", apart] if apart else ["-c", "constraints.txt"]
    url, editable = _origin()
    if editable:
        return [*pinned, "-e", f"{editable}{extra}"]
    if url:
        return [*pinned, f"ml-dojo{extra} @ {url}"]
    return [*pinned, f"ml-dojo{extra}=={metadata.version('ml-dojo')}"]


def _apart(wanted: list[str]) -> str:
    """Return the file with what one of these tracks needs apart from the others; or nothing."""
    return next((APART[one] for one in wanted if one in APART), "")


def _origin() -> tuple[str, str]:
    """Return from which address, or from which checkout, this dojo was installed; or nothing."""
    text = metadata.distribution("ml-dojo").read_text("direct_url.json")
    with contextlib.suppress(ValueError, TypeError, AttributeError):
        told = json.loads(text or "{}")
        url = str(told.get("url", ""))
        if told.get("dir_info", {}).get("editable"):
            from urllib.parse import urlparse
            from urllib.request import url2pathname

            return "", url2pathname(urlparse(url).path)
        if "vcs_info" in told:
            kind, commit = told["vcs_info"]["vcs"], told["vcs_info"]["commit_id"]
            return f"{kind}+{url}@{commit}", ""
        return url, ""
    return "", ""


def _needed(root: Path, wanted: list[str]) -> str:
    steered = root / (_apart(wanted) or "constraints.txt")
    content = steered.read_text(encoding="utf-8") if steered.is_file() else ""
    return f"ml-dojo {metadata.version('ml-dojo')} {','.join(wanted)}\n{content}"


def _run(root: Path, command: list[str]) -> None:
    """Run what installs: a person sees how it goes on, on standard error."""
    try:
        done = subprocess.run(command, cwd=root, stdout=2, check=False)
    except OSError as error:
        said = f"{command[0]} does not start: {error.strerror}"
    else:
        if not done.returncode:
            return
        said = f"{Path(command[0]).name} ended with {done.returncode}"
    raise NotInstalled(
        f"the packages are not installed ({said}); the katas are all there:"
        " the same command goes on"
    )


def begin_history(root: Path, message: str) -> None:
    """Make a first commit of what was handed out, where Git is and nothing has a history yet."""
    if shutil.which("git") is None or _git(root, "rev-parse", "HEAD") is not None:
        return
    inside = _git(root, "rev-parse", "--show-toplevel")
    if inside is not None and Path(inside.strip()).resolve() != root.resolve():
        return  # a folder of a repository that somebody has already
    own = [word for key, value in _OWN.items() for word in _unless_set(root, key, value)]
    # No hook and no signature of the person's: nothing may ask for a password here.
    quiet = ["-c", f"core.hooksPath={os.devnull}", "-c", "commit.gpgsign=false"]
    if _git(root, "init", "--quiet") is not None and _git(root, *quiet, "add", "-A") is not None:
        _git(root, *own, *quiet, "commit", "--quiet", "--no-verify", "-m", message)


def _unless_set(root: Path, key: str, value: str) -> list[str]:
    return [] if _git(root, "config", key) else ["-c", f"{key}={value}"]


def _git(root: Path, *words: str) -> str | None:
    """Ask Git; None where it refuses. What a hook's environment says of another folder is left."""
    environment = {key: text for key, text in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(
        ["git", *words],
        cwd=root,
        env={**environment, "GIT_TERMINAL_PROMPT": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return None if done.returncode else done.stdout
