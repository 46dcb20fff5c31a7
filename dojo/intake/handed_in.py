"""Look into what was handed in: a folder, a Git repository, an archive, files.

Links are never followed, and nothing that came with it is run.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlparse

from dojo.intake import repository
from dojo.intake.archives import (
    CURE,
    MOST_DEPTH,
    MOST_MEMBERS,
    MOST_SOURCE_BYTES,
    Handed,
    Unreadable,
    kind_of_archive,
    open_archive,
    read_file,
)
from dojo.intake.given_names import is_of_the_system, stem_of_archive

_FAR_AWAY = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+://.*|[^/\\]+@[^/\\]+:.*", re.IGNORECASE)


def path_meant(where: str, beside: Path) -> Path | None:
    """Return the path that a roster means; None when it is on another machine.

    A spreadsheet on Windows writes backslashes, one on a Mac decomposes what it types: the first
    writing that exists is the one that is meant.
    """
    url = urlparse(where) if where.lower().startswith("file:") else None
    written = unquote(url.path) if url else where
    for one in (written, written.replace("\\", "/")):
        for form in ("NFC", "NFD"):
            for path in (beside / one, beside / unicodedata.normalize(form, one)):
                if _exists(path):
                    return path
    return None if _FAR_AWAY.fullmatch(where) else beside / written


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name may be too long, or hold what no name can
        return False


def look_into(path: Path) -> Handed:
    """Look into whatever was handed in.

    Raises:
        Unreadable: It is not there, or is nothing that can be looked into.
    """
    if path.is_symlink():
        raise Unreadable("it is a link: hand in the files themselves")
    if path.is_dir():
        return _open_repository(path) if repository.is_bare(path) else _open_archive_in(path)
    if not path.exists():
        raise Unreadable("there is nothing at this path")
    if path.suffix.lower() == ".py":
        return look_at_files({path.name: path})
    kind = kind_of_archive(path)
    if kind:
        return open_archive(path, kind)
    what = "empty" if not path.stat().st_size else "no folder, archive or Python file by its bytes"
    raise Unreadable(f"{path.name} is {what}: {CURE}")


def look_at_files(files: Mapping[str, Path]) -> Handed:
    """Take single files, each under the name it was handed in with."""
    return Handed(tuple(files), lambda name: read_file(files[name]))


def _open_archive_in(path: Path) -> Handed:
    """Look into a folder; into its one archive where it holds no source.

    Platforms make a folder for each learner, and put what was handed in into it as it is.
    """
    handed = _open_folder(path)
    files = [name for name in handed.names if not is_of_the_system(name.rsplit("/", 1)[-1])]
    archives = [name for name in files if stem_of_archive(name.rsplit("/", 1)[-1])]
    has_source = any(name.lower().endswith(".py") for name in files)
    if has_source or len(archives) != 1 or (path / ".git").is_dir():
        return handed
    kind = kind_of_archive(path / archives[0])
    return open_archive(path / archives[0], kind) if kind else handed


def _open_folder(path: Path) -> Handed:
    def refuse(error: OSError) -> None:
        if error.filename == str(path):
            raise Unreadable(f"the folder cannot be read ({error.strerror})")

    names: list[str] = []
    for folder, folders, files in os.walk(path, onerror=refuse, followlinks=False):
        # A folder that is a link is not walked, so nothing behind one can be named.
        folders[:] = [one for one in sorted(folders) if not is_of_the_system(one)]
        inside = Path(folder).relative_to(path)
        place = f"{inside.as_posix()}/".removeprefix("./")
        names += [f"{place}{one}" for one in sorted(files)]
        names += [f"{place}{one}" for one in folders if one.endswith(".py")]
        if len(names) > MOST_MEMBERS:
            raise Unreadable(f"it holds more than {MOST_MEMBERS} files")
        if len(inside.parts) >= MOST_DEPTH:
            folders.clear()
    if not (path / ".git").is_dir():
        return Handed(tuple(names), lambda name: read_file(path / name), None, "")
    _refuse_what_is_not_whole(path)
    submitted, note = repository.commit_date(path)
    return Handed(tuple(names), lambda name: read_file(path / name), submitted, note)


def _refuse_what_is_not_whole(path: Path) -> None:
    if why := repository.why_not_whole(path):
        raise Unreadable(f"the repository is not all its own: {why}; hand in a plain clone")


def _open_repository(path: Path) -> Handed:
    _refuse_what_is_not_whole(path)
    try:
        files = repository.list_files(path)
    except repository.RepositoryError as error:
        raise Unreadable(f"git cannot read the repository: {error}") from None
    if len(files) > MOST_MEMBERS:
        raise Unreadable(f"it holds more than {MOST_MEMBERS} files")

    def read(name: str) -> bytes:
        if files[name].mode not in ("100644", "100755"):
            raise Unreadable(f"{name.rsplit('/', 1)[-1]} is a link or a submodule, no file")
        try:
            return repository.read_file(path, files[name], MOST_SOURCE_BYTES + 1)
        except repository.RepositoryError as error:
            raise Unreadable(f"git cannot read the repository: {error}") from None

    return Handed(tuple(files), read, *repository.commit_date(path))
