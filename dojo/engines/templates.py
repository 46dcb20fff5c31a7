"""Keep an already migrated database in the user's cache; hand out copies.

Migrating an empty SQLite file takes Prefect 10 s and MLflow 5 s; copying the result, a few
milliseconds. A template is named after the version of its library, made once under a lock, and
checked against its digest before every use, so that a damaged one is made anew. Those of the
versions in `constraints.txt` travel with the dojo (`engines/shipping` packs them); of any other
version, or where what travels is damaged, the library migrates one here.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import filelock

from dojo.ground.exits import EngineError as EngineError  # who asks for engines knows it from here
from dojo.ground.files import write_whole
from dojo.ground.paths import cache_dir

# Here lies `NAME.db.gz` beside `NAME.sha256`, the digest of what is in it.
SHIPPED = Path(__file__).with_name("migrated")


def template(name: str, build: Callable[[Path], None], say: Callable[[str], None]) -> Path:
    """Return the path of a migrated database, made when there is none or it is damaged.

    Args:
        name: What it is and of which version, such as `prefect-3.9.1`.
        build: Makes the database at a path in an empty folder.
        say: Is told, in one line, why this takes a while.

    Returns:
        A file to copy, never to open.

    Raises:
        EngineError: The cache cannot be written, or building failed.
    """
    folder = cache_dir()
    target = folder / f"{name}.db"
    if _is_whole(target):
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / f"{name}.lock", timeout=300):
            if not _is_whole(target) and not _take_shipped(name, target):
                say(f"Preparing an empty {name} database, once (10 to 30 seconds) ...")
                _build(target, build)
    except (OSError, filelock.Timeout) as error:
        raise EngineError(
            f"the cache {str(folder)!r} cannot be used: {error};"
            " make it writable or name another folder in DOJO_CACHE"
        ) from error
    return target


def copy_template(source: Path, target: Path) -> None:
    """Copy a template to where an engine expects its database."""
    shutil.copyfile(source, target)


def shipped(name: str) -> bytes | None:
    """Return the database of that name that travels with the dojo; None if no whole one does."""
    try:
        content = gzip.decompress((SHIPPED / f"{name}.db.gz").read_bytes())
        expected = (SHIPPED / f"{name}.sha256").read_text(encoding="ascii").strip()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        return None
    return content if hashlib.sha256(content).hexdigest() == expected else None


def _take_shipped(name: str, target: Path) -> bool:
    content = shipped(name)
    if content is None:
        return False
    _put(target, content)
    return True


def _put(target: Path, content: bytes) -> None:
    write_whole(target, content)
    # Last: who finds no digest, or another file's, makes it anew.
    write_whole(_digest_file(target), hashlib.sha256(content).hexdigest())


def _digest_file(target: Path) -> Path:
    return target.with_suffix(".sha256")


def _is_whole(target: Path) -> bool:
    try:
        expected = _digest_file(target).read_text(encoding="ascii").strip()
        return hashlib.sha256(target.read_bytes()).hexdigest() == expected
    except (OSError, UnicodeDecodeError):
        return False


def _build(target: Path, build: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory(prefix="dojo-template-") as work:
        fresh = Path(work) / "fresh.db"
        build(fresh)
        _put(target, fresh.read_bytes())
