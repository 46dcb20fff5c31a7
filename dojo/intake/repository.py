"""Ask git about a repository that was handed in: its newest commit's date, its files.

A repository's own configuration can name programs; here none of these lets one be run. What is in
it can be of any size: git has the limits of the process that runs it (`ground/limited`).
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import stat
import subprocess
import threading
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
# A pack is not mapped into memory whole.
_SMALL = ("-c", "core.packedGitWindowSize=16m", "-c", "core.packedGitLimit=64m")
_MOST_ANSWER_BYTES = 8 << 20
_PATIENCE_S = 30
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
            kind = os.lstat(os.path.join(where, name)).st_mode
            if stat.S_ISLNK(kind):
                return f"there are links in it: {name[:80]!r}"
            if stat.S_ISFIFO(kind) or stat.S_ISCHR(kind):  # git waits for its end
                return f"there are pipes or devices in it: {name[:80]!r}"
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
    from dojo.ground.limited.client import Refused, ask

    # Git is not run inside the repository, and a relative path would mean another one there.
    folder = (path if is_bare(path) else path / ".git").absolute()
    try:
        return bytes(ask(run_git, str(folder), os.environ.get("PATH", os.defpath), *words))
    except Refused as refused:
        if refused.is_too_much:
            raise RepositoryError("it holds more than git can read here") from None
        raise RepositoryError(refused.text[:200] or refused.kind) from None


def run_git(folder: str, path: str, *words: str) -> bytes:
    """Return what git says of a repository. In a limited process, as is git.

    Raises:
        RepositoryError: It does not know; the message is its own last line.
        MemoryError: It says more than anybody would hand in.
    """
    with subprocess.Popen(
        ["git", *_SMALL, f"--git-dir={folder}", *words],
        env={"PATH": path, "HOME": os.devnull, **_ENVIRONMENT},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as git:
        assert git.stdout is not None
        assert git.stderr is not None
        # Git waits for whatever a file in there may be: a pipe, which nobody fills.
        end = threading.Timer(_PATIENCE_S, git.kill)
        end.start()
        said = git.stdout.read(_MOST_ANSWER_BYTES + 1)
        if len(said) > _MOST_ANSWER_BYTES:
            git.kill()
        faults = git.stderr.read(1 << 16).decode(errors="replace")
        git.wait()
        end.cancel()
    if len(said) > _MOST_ANSWER_BYTES:
        raise MemoryError
    if git.returncode:
        raise RepositoryError((faults.strip().splitlines()[-1:] or ["no word"])[0][:200])
    return said
