"""Write a file whole or not at all: whoever reads it meanwhile sees the old one, never half."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Hand out a path to write to; it takes the place of `path` at the end of the block.

    Args:
        path: The file to replace, or to make; its folder is there.

    Yields:
        A path in the same folder, so that the replacement is one step. It is of this process
        alone, keeps the file's ending, and is gone when the block raises.
    """
    beside = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield beside
        beside.replace(path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def write_whole(path: Path, text: str | bytes) -> None:
    """Write text as UTF-8, line ends as they are; or bytes.

    Raises:
        OSError: It cannot be written; what was there is still there.
    """
    with replacing(path) as beside:
        beside.write_bytes(text.encode() if isinstance(text, str) else text)


def remove_halves(folder: Path, name: str | None = None) -> None:
    """Remove what a process that was killed in `replacing` has left in a folder.

    Only for who knows that nobody writes there now: a half of a living process is removed too.

    Args:
        folder: The folder; it need not be there.
        name: The file that it was to replace; None: any.
    """
    half = re.compile(r"\.\d+\." + (r".+" if name is None else re.escape(name)))
    with contextlib.suppress(OSError):
        for other in folder.iterdir():
            if half.fullmatch(other.name):
                other.unlink()
