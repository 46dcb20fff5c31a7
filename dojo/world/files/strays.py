"""Tell which files a call makes where nobody looks: beside its folders, in the memory disk."""

from __future__ import annotations

import os
from typing import Any


def made_elsewhere(event: str, args: tuple[Any, ...], folder: str) -> str:
    """Read from what Python says which file is about to be made outside of a folder.

    Args:
        event: As `sys.addaudithook` has it.
        args: The same.
        folder: Its real path.

    Returns:
        The file's path; empty if none is made there. What Python keeps of a module that it has
        imported is nobody's file.
    """
    if event != "open" or not isinstance(args[0], str | bytes | os.PathLike):
        return ""
    if not args[2] & os.O_CREAT or os.path.lexists(args[0]):
        return ""
    path = os.path.realpath(os.fsdecode(args[0]))
    is_known = path.startswith(f"{folder}{os.sep}") or "__pycache__" in path
    return "" if is_known else path
