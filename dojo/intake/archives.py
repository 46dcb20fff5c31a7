"""Read an archive that was handed in: zip, or tar in whatever is wrapped around it.

It is never unpacked: one member is read from it, under caps, by a process that has little memory
and time (`ground/limited`). Nothing that came with it is run.
"""

from __future__ import annotations

import bz2
import dataclasses
import datetime
import gzip
import io
import lzma
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dojo.ground.limited.client import Refused

MOST_SOURCE_BYTES = 1 << 20
MOST_MEMBERS = 20_000
MOST_DEPTH = 40
MOST_NAME_CHARACTERS = 4096
MOST_DIRECTORY_BYTES = 8 << 20
MOST_ARCHIVE_BYTES = 512 << 20
MOST_RATIO = 200
# How each kind of file begins. What a name ends with is a hope.
_BEGINS = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gz",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
    b"Rar!\x1a\x07": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\x04\x22\x4d\x18": "LZ4",
    b"LZIP": "lzip",
    b"\x1f\x9d": "compress",
    b"MSCF": "cabinet",
}
_OPENERS: dict[str, Callable[[Path], Any]] = {
    "tar": io.FileIO,
    "gz": gzip.GzipFile,
    "bz2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
}
CURE = "hand in a .zip or a .tar.gz"


class Unreadable(Exception):
    """There is nothing to grade here; the message says why, and what to hand in instead."""


@dataclasses.dataclass(frozen=True)
class Handed:
    """What one learner handed in.

    Attributes:
        names: The files, as paths with `/`.
        read: Reads one of them, up to a byte more than a source may have.
        submitted: The date that came with it; None without one.
        note: What else the instructor should know; empty normally.
    """

    names: tuple[str, ...]
    read: Callable[[str], bytes]
    submitted: datetime.datetime | None = None
    note: str = ""


def kind_of_archive(path: Path) -> str:
    """Return what kind of archive a file is by its bytes; empty when it is none.

    Raises:
        Unreadable: It is no regular file, or cannot be read.
    """
    begins = read_file(path, 512)
    for magic, kind in _BEGINS.items():
        if begins.startswith(magic):
            return kind
    if begins[257:262] == b"ustar" or (begins and path.name.lower().endswith(".tar")):
        return "tar"
    try:
        # Before its table of contents, which is at the end, a zip may hold anything.
        return "zip" if begins and zipfile.is_zipfile(path) else ""
    except Exception:  # the table is a broken one; what is wrong is told where it is opened
        return "zip"


def open_archive(path: Path, kind: str) -> Handed:
    """Look into an archive of a kind.

    Raises:
        Unreadable: It is of a kind that is not read here, broken, or too large.
    """
    from dojo.ground.limited.client import Refused, ask

    if kind != "zip" and kind not in _OPENERS:
        raise Unreadable(f"it is a {kind} archive, which is not read here: {CURE}")

    def have(function: Callable[..., Any], *more: str) -> Any:
        try:
            return ask(function, os.path.abspath(path), kind, *more)
        except Refused as refused:
            raise Unreadable(_told(refused, kind)) from None

    return Handed(tuple(have(names_in)), lambda name: bytes(have(member_of, name)))


def names_in(path: str, kind: str) -> list[str]:
    """Return the names of the files in an archive. In a limited process."""
    return list(_open_zip(Path(path)) if kind == "zip" else _open_tar(Path(path), kind, None))


def member_of(path: str, kind: str, name: str) -> bytes:
    """Read one of the files in an archive. In a limited process."""
    if kind == "zip":
        return _read_from_zip(Path(path), _open_zip(Path(path))[name])
    content = _open_tar(Path(path), kind, name)[name]
    if content is None:
        raise Unreadable(f"{name.rsplit('/', 1)[-1]} is a link in the archive, no file")
    return content


def _told(refused: Refused, kind: str) -> str:
    """Say what kept an archive from being read."""
    if refused.kind == Unreadable.__name__:
        return refused.text
    if refused.is_too_much:
        what = "memory" if refused.kind == "MemoryError" else "time"
        return f"the {kind} file takes more {what} to read than any should: {CURE} anew"
    return f"the {kind} file cannot be read ({refused}): make it anew"


def read_file(path: Path, most: int = MOST_SOURCE_BYTES + 1) -> bytes:
    """Read a regular file through no link, up to the cap."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Unreadable(f"{path.name} is a link, or cannot be read ({error.strerror})") from None
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise Unreadable(f"{path.name} is no regular file")
        with os.fdopen(os.dup(file), "rb") as opened:
            return opened.read(most)
    finally:
        os.close(file)


def _check_caps(members: int, size: int, packed: int) -> None:
    if members > MOST_MEMBERS:
        raise Unreadable(f"the archive holds more than {MOST_MEMBERS} members")
    if size > MOST_ARCHIVE_BYTES:
        raise Unreadable(f"the archive unpacks to more than {MOST_ARCHIVE_BYTES >> 20} MB")
    if size > MOST_SOURCE_BYTES and size > MOST_RATIO * max(packed, 1):
        raise Unreadable(f"the archive unpacks to more than {MOST_RATIO} times its size: a bomb")


def _safe_name(name: str, kind: str) -> str | None:
    """Return a member's name if it stays inside the archive's folder, else None."""
    if not name:
        raise Unreadable(f"the {kind} file holds a member without a name: make it anew")
    if len(name) > MOST_NAME_CHARACTERS:
        raise Unreadable(f"the {kind} file holds a name of {len(name)} characters: make it anew")
    path = PurePosixPath(name.replace("\\", "/"))
    if len(path.parts) > MOST_DEPTH:
        raise Unreadable(f"the {kind} file holds folders more than {MOST_DEPTH} deep: {CURE} anew")
    if path.is_absolute() or ".." in path.parts or "\0" in name:
        return None
    return path.as_posix()


class _Zip(io.FileIO):
    """A zip file that is not read into memory whole: its table of contents says how long it is."""

    def read(self, size: int | None = -1) -> bytes:
        """Read what a table of contents, or a piece of a member, may have."""
        if size is not None and size > MOST_DIRECTORY_BYTES:
            raise Unreadable(f"the archive holds more than {MOST_MEMBERS} members")
        return super().read(-1 if size is None else size)


def _open_zip(path: Path) -> dict[str, zipfile.ZipInfo]:
    taken: dict[str, zipfile.ZipInfo] = {}
    try:
        with _Zip(path) as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # its fields are taken as they come: struct, Unicode, overflow, ...
        raise Unreadable(f"the zip file cannot be read ({error}): make it anew") from None
    _check_caps(len(members), sum(one.file_size for one in members), path.stat().st_size)
    for member in members:
        name = _safe_name(member.filename, "zip")
        if name is None or member.filename.endswith("/"):
            continue
        if name in taken:
            raise Unreadable(f"the zip file holds {name[:100]!r} twice: make it anew")
        taken[name] = member

    return taken


def _read_from_zip(path: Path, member: zipfile.ZipInfo) -> bytes:
    mode = member.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise Unreadable(f"{member.filename.rsplit('/', 1)[-1]} is a link in the archive, no file")
    try:
        with _Zip(path) as whole, zipfile.ZipFile(whole) as opened, opened.open(member) as file:
            return file.read(MOST_SOURCE_BYTES + 1)
    except MemoryError:
        raise
    except Exception as error:  # zlib, lzma, bz2 have errors of their own, a password too
        raise Unreadable(f"the zip file cannot be read ({error}): make it anew") from None


class _Unpacked:
    """What comes out of a tar file: no header of it is longer than a bomb may be."""

    def __init__(self, stream: Any, packed: int) -> None:
        self._stream = stream
        self._packed = packed
        self._size = 0

    def read(self, size: int) -> bytes:
        """Read on, up to the caps."""
        data: bytes = self._stream.read(size)
        self._size += len(data)
        _check_caps(0, self._size, self._packed)
        return data


def _open_tar(path: Path, kind: str, wanted: str | None) -> dict[str, bytes | None]:
    """Go through a tar file, which has no table of contents.

    Args:
        path: The file.
        kind: What is wrapped around it.
        wanted: The member to read on the way; None: none.

    Returns:
        By name the content of the one that is wanted, None for any other and for what is no file.
    """
    taken: dict[str, bytes | None] = {}
    try:
        with _OPENERS[kind](path) as stream:
            unpacked: Any = _Unpacked(stream, path.stat().st_size)
            with tarfile.open(fileobj=unpacked, mode="r|") as archive:
                for count, member in enumerate(archive, start=1):
                    _check_caps(count, 0, 1)
                    name = _safe_name(member.name, "tar")
                    if name is None or member.isdir():
                        continue
                    if name in taken:
                        raise Unreadable(f"the tar file holds {name[:100]!r} twice: make it anew")
                    taken[name] = None
                    if name == wanted and member.isreg():
                        file = archive.extractfile(member)
                        taken[name] = file.read(MOST_SOURCE_BYTES + 1) if file else None
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # tarfile, zlib, lzma, bz2 have errors of their own
        raise Unreadable(f"the {kind} file holds no tar ({error}): {CURE}") from None
    return taken
