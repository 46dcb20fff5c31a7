"""Write a file whole or not at all: whoever reads it meanwhile sees the old one, never half."""

from __future__ import annotations

import contextlib
import os
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


def write_whole(path: Path, text: str) -> None:
    """Write text as UTF-8, line ends as they are.

    Raises:
        OSError: It cannot be written; what was there is still there.
    """
    with replacing(path) as beside:
        beside.write_bytes(text.encode())
