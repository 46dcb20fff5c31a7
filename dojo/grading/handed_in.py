"""Look into what was handed in: a folder, a Git repository, an archive, one file.

Archives are never unpacked: one member is read from them, under caps. Links are never followed,
and nothing that came with it is run.
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import stat
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

MOST_SOURCE_BYTES = 1 << 20
MOST_MEMBERS = 20_000
MOST_ARCHIVE_BYTES = 512 << 20
MOST_RATIO = 200
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")
_GIT_ENVIRONMENT = {
    # A repository's own configuration can name programs; none of these lets one be run.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_SSH_COMMAND": "false",
    "GIT_TERMINAL_PROMPT": "0",
}


class Unreadable(Exception):
    """There is nothing to grade here; the message says why, and what to hand in instead."""


@dataclasses.dataclass(frozen=True)
class Handed:
    """What one learner handed in: names of files, and how to read one."""

    names: tuple[str, ...]
    read: Callable[[str], bytes]
    submitted: datetime.datetime | None = None


def look_into(path: Path) -> Handed:
    """Look into whatever was handed in.

    Raises:
        Unreadable: It is not there, or is nothing that can be looked into.
    """
    if path.is_symlink():
        raise Unreadable("it is a link: hand in the files themselves")
    if path.is_dir():
        return _open_repository(path) if _is_bare(path) else _open_folder(path)
    if not path.is_file():
        raise Unreadable("there is nothing at this path")
    if path.suffix == ".py":
        return Handed((path.name,), lambda _: _read_file(path))
    if path.name.endswith(".zip"):
        return _open_zip(path)
    if path.name.endswith(ARCHIVES):
        return _open_tar(path)
    raise Unreadable("it is no folder, .zip, .tar or .tar.gz: hand in one of these")


def _read_file(path: Path) -> bytes:
    """Read a regular file through no link, up to the cap."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Unreadable(f"{path.name} is a link, or cannot be read ({error.strerror})") from None
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise Unreadable(f"{path.name} is no regular file")
        with os.fdopen(os.dup(file), "rb") as opened:
            return opened.read(MOST_SOURCE_BYTES + 1)
    finally:
        os.close(file)


def _open_folder(path: Path) -> Handed:
    names: list[str] = []
    for folder, folders, files in os.walk(path, followlinks=False):
        # A folder that is a link is not walked, so nothing behind one can be named.
        folders[:] = [one for one in sorted(folders) if not one.startswith(".")]
        inside = Path(folder).relative_to(path).as_posix()
        names += [f"{inside}/{one}".removeprefix("./") for one in sorted(files)]
        names += [f"{inside}/{one}".removeprefix("./") for one in folders if one.endswith(".py")]
        if len(names) > MOST_MEMBERS:
            raise Unreadable(f"it holds more than {MOST_MEMBERS} files")
    submitted = _commit_date(path) if (path / ".git").is_dir() else None
    return Handed(tuple(names), lambda name: _read_file(path / name), submitted)


def _is_bare(path: Path) -> bool:
    return (path / "HEAD").is_file() and (path / "objects").is_dir()


def _git(path: Path, *words: str) -> bytes:
    folder = path if _is_bare(path) else path / ".git"
    done = subprocess.run(
        ["git", f"--git-dir={folder}", *words],
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": os.devnull, **_GIT_ENVIRONMENT},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no word"]
        raise Unreadable(f"git cannot read the repository: {said[0][:200]}")
    return done.stdout


def _commit_date(path: Path) -> datetime.datetime | None:
    """Return the date of the newest commit; None when there is none, or no git."""
    try:
        head = _git(path, "cat-file", "commit", "HEAD").decode(errors="replace")
        line = next(one for one in head.splitlines() if one.startswith("committer "))
        seconds, _ = line.rsplit(" ", 2)[-2:]
        return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
    except (Unreadable, OSError, ValueError, StopIteration, subprocess.TimeoutExpired):
        return None


def _open_repository(path: Path) -> Handed:
    try:
        listing = _git(path, "ls-tree", "-r", "-z", "--full-tree", "HEAD").decode(errors="replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unreadable(f"git cannot read the repository: {error}") from None
    objects = {}
    for line in listing.split("\0"):
        said, _, name = line.partition("\t")
        if name:
            objects[name] = said.split()
    if len(objects) > MOST_MEMBERS:
        raise Unreadable(f"it holds more than {MOST_MEMBERS} files")

    def read(name: str) -> bytes:
        mode, _, digest = objects[name][:3]
        if mode not in ("100644", "100755"):
            raise Unreadable(f"{name.rsplit('/', 1)[-1]} is a link or a submodule, no file")
        if int(_git(path, "cat-file", "-s", digest)) > MOST_SOURCE_BYTES:
            return b"x" * (MOST_SOURCE_BYTES + 1)
        return _git(path, "cat-file", "blob", digest)

    return Handed(tuple(objects), read, _commit_date(path))


def _check_caps(members: int, size: int, packed: int) -> None:
    if members > MOST_MEMBERS:
        raise Unreadable(f"the archive holds more than {MOST_MEMBERS} members")
    if size > MOST_ARCHIVE_BYTES:
        raise Unreadable(f"the archive unpacks to more than {MOST_ARCHIVE_BYTES >> 20} MB")
    if size > MOST_SOURCE_BYTES and size > MOST_RATIO * max(packed, 1):
        raise Unreadable(f"the archive unpacks to more than {MOST_RATIO} times its size: a bomb")


def _safe_name(name: str) -> str | None:
    """Return a member's name if it stays inside the archive's folder, else None."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or "\0" in name:
        return None
    return path.as_posix()


def _open_zip(path: Path) -> Handed:
    try:
        archive = zipfile.ZipFile(path)
        members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(f"the zip file cannot be read ({error}): make it anew") from None
    _check_caps(len(members), sum(one.file_size for one in members), path.stat().st_size)
    taken: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        name = _safe_name(member.filename)
        if name is None or member.is_dir():
            continue
        if name in taken:
            raise Unreadable(f"the zip file holds {name[:100]!r} twice: make it anew")
        taken[name] = member

    def read(name: str) -> bytes:
        member = taken[name]
        mode = member.external_attr >> 16
        if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
            raise Unreadable(f"{name.rsplit('/', 1)[-1]} is a link in the archive, no file")
        try:
            with zipfile.ZipFile(path) as opened, opened.open(member) as file:
                return file.read(MOST_SOURCE_BYTES + 1)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
            raise Unreadable(f"the zip file cannot be read ({error}): make it anew") from None
        except Exception as error:  # zlib, lzma, bz2 have errors of their own
            raise Unreadable(f"the zip file is damaged ({error}): make it anew") from None

    archive.close()
    return Handed(tuple(taken), read)


def _open_tar(path: Path) -> Handed:
    """Read the sources out of a tar file in one pass: it has no table of contents."""
    taken: dict[str, bytes | None] = {}
    size, packed = 0, path.stat().st_size
    try:
        with tarfile.open(path, mode="r|*") as archive:
            for count, member in enumerate(archive, start=1):
                size += max(member.size, 0)
                _check_caps(count, size, packed)
                name = _safe_name(member.name)
                if name is None or member.isdir():
                    continue
                if name in taken:
                    raise Unreadable(f"the tar file holds {name[:100]!r} twice: make it anew")
                taken[name] = None
                if name.endswith(".py") and member.isreg():
                    file = archive.extractfile(member)
                    taken[name] = file.read(MOST_SOURCE_BYTES + 1) if file else None
    except Unreadable:
        raise
    except Exception as error:  # tarfile, zlib, lzma, bz2 have errors of their own
        raise Unreadable(f"the tar file cannot be read ({error}): make it anew") from None

    def read(name: str) -> bytes:
        content = taken[name]
        if content is None:
            raise Unreadable(f"{name.rsplit('/', 1)[-1]} is a link in the archive, no file")
        return content

    return Handed(tuple(taken), read)
