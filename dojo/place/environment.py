"""Give a workspace Python with the packages of its katas, and a history in Git."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from dojo.catalog.kata import Track
from dojo.ground.files import write_whole
from dojo.place.shape import extra_of
from dojo.place.state import PlaceError

FOLDER = ".venv"
# In that folder: for what it was made, once all is installed.
READY = "ml-dojo-ready"
_OWN = {"user.name": "ML dojo", "user.email": "dojo@localhost"}


class NotInstalled(PlaceError):
    """The packages cannot be installed; the message says how to go on."""


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
    return found == _needed(root, track)


def make(root: Path, track: Track | None, say: Callable[[str], None]) -> None:
    """Make the environment, or bring it up to date; with uv where it is installed, else pip.

    Raises:
        NotInstalled: It cannot be made; the workspace is whole all the same.
    """
    if is_ready(root, track):
        return
    uv = shutil.which("uv")
    say(f"Installing the packages into {FOLDER} with {'uv' if uv else 'pip'}: some minutes ...")
    python = str(python_of(root))
    if uv:
        create = [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, FOLDER]
        install = [uv, "pip", "install", "--compile-bytecode", "--python", python]
    else:
        create = [sys.executable, "-m", "venv", FOLDER]
        install = [python, "-m", "pip", "install"]
    if not is_made(root):  # or half made: both take what is there
        _run(root, create)
    _run(root, [*install, *_what(track)])
    write_whole(root / FOLDER / READY, _needed(root, track))


def _what(track: Track | None) -> list[str]:
    """Return what is installed, as pip and uv take it: this very dojo with a track's packages."""
    extra = "" if track == "airflow" else f"[{extra_of(track)}]"
    steered = "requirements-airflow.txt" if track == "airflow" else "constraints.txt"
    pinned = ["-r" if track == "airflow" else "-c", steered]
    url, editable = _origin()
    if editable:
        return [*pinned, "-e", f"{editable}{extra}"]
    if url:
        return [*pinned, f"ml-dojo{extra} @ {url}"]
    return [*pinned, f"ml-dojo{extra}=={metadata.version('ml-dojo')}"]


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


def _needed(root: Path, track: Track | None) -> str:
    steered = root / ("requirements-airflow.txt" if track == "airflow" else "constraints.txt")
    content = steered.read_text(encoding="utf-8") if steered.is_file() else ""
    return f"ml-dojo {metadata.version('ml-dojo')} {extra_of(track)}\n{content}"


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
        " the same command goes on, --no-venv leaves the packages to you"
    )


def begin_history(root: Path, version: str) -> None:
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
        message = f"Begin with the katas of ml-dojo {version}"
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
