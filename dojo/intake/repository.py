"""Ask git about a repository that was handed in: its newest commit's date, its files.

A repository's own configuration can name programs; here none of these lets one be run.
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import subprocess
from pathlib import Path

_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_SSH_COMMAND": "false",
    "GIT_TERMINAL_PROMPT": "0",
}
# Each of these names another place for what git looks up.
_ELSEWHERE = ("commondir", "objects/info/alternates", "objects/info/http-alternates")
_MOST_DEPTH = 40
# Git itself is from that month: what is dated earlier has a date that somebody made up.
_FIRST_COMMIT = datetime.datetime(2005, 4, 1, tzinfo=datetime.timezone.utc)


class RepositoryError(Exception):
    """Git cannot read it; the message is git's own last line."""


@dataclasses.dataclass(frozen=True)
class Blob:
    """A file of a commit: its mode and the name of its object."""

    mode: str
    digest: str


def is_bare(path: Path) -> bool:
    """Say whether a folder is a repository without a work tree."""
    return (path / "HEAD").is_file() and (path / "objects").is_dir()


def why_not_whole(path: Path) -> str:
    """Say what makes a repository read from elsewhere: from another learner's, for one.

    Args:
        path: A checkout or a bare repository.

    Returns:
        Why it cannot be taken, in one line; empty where all of it is its own.
    """
    folder = path if is_bare(path) else path / ".git"
    if folder.is_symlink():
        return f"{folder.name} is a link"
    for name in _ELSEWHERE:
        if os.path.lexists(folder / name):
            return f"{folder.name}/{name} has git read another repository"
    for where, folders, files in os.walk(folder):
        if len(Path(where).relative_to(folder).parts) > _MOST_DEPTH:
            return "its folders are too deep"
        for name in (*folders, *files):
            if os.path.islink(os.path.join(where, name)):
                return f"there are links in it: {name[:80]!r}"
    return ""


def commit_date(path: Path) -> tuple[datetime.datetime | None, str]:
    """Return the date of the newest commit.

    Args:
        path: A checkout or a bare repository.

    Returns:
        The date, or None where there is no commit, no git, or no date that can be; and then a
        note on a date that cannot be.
    """
    try:
        head = _git(path, "cat-file", "commit", "HEAD").decode(errors="replace")
    except RepositoryError:
        return None, ""
    # A message may hold such a line too: what comes first is the commit's own.
    line = next((one for one in head.splitlines() if one.startswith("committer ")), "")
    written = line.rpartition("> ")[2]
    latest = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    try:
        date = datetime.datetime.fromtimestamp(int(written.split()[0]), datetime.timezone.utc)
        if _FIRST_COMMIT <= date <= latest:
            return date, ""
    except (IndexError, ValueError, OverflowError, OSError):
        pass
    return None, f"its commit's date cannot be: {written[:40]!r}"


def list_files(path: Path) -> dict[str, Blob]:
    """Return the files of the newest commit by name.

    Raises:
        RepositoryError: Git cannot list them.
    """
    files = {}
    # What is no UTF-8 stays what it is: two such names are not one.
    listing = os.fsdecode(_git(path, "ls-tree", "-r", "-z", "--full-tree", "HEAD"))
    for line in listing.split("\0"):
        said, _, name = line.partition("\t")
        if name:
            mode, _, digest = said.split()[:3]
            files[name] = Blob(mode, digest)
    return files


def read_file(path: Path, blob: Blob, most: int) -> bytes:
    """Return the content of a file, cut after `most` bytes.

    Raises:
        RepositoryError: Git cannot read it.
    """
    if int(_git(path, "cat-file", "-s", blob.digest)) > most:
        return b"x" * most
    return _git(path, "cat-file", "blob", blob.digest)


def _git(path: Path, *words: str) -> bytes:
    # Git is not run inside the repository, and a relative path would mean another one there.
    folder = (path if is_bare(path) else path / ".git").absolute()
    try:
        done = subprocess.run(
            ["git", f"--git-dir={folder}", *words],
            env={"PATH": os.environ.get("PATH", os.defpath), "HOME": os.devnull, **_ENVIRONMENT},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RepositoryError(str(error)) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no word"]
        raise RepositoryError(said[0][:200])
    return done.stdout
