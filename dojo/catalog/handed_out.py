"""Say what a kata was before a learner filled it: as Git's last commit has it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def handed_out(path: Path) -> bytes:
    """Return a file of a checkout as it was handed out.

    Args:
        path: The file; somebody may have changed or removed it since.

    Returns:
        What the last commit has; what the file has, where no commit knows it.

    Raises:
        OSError: No commit knows it, and it cannot be read.
    """
    committed = _git(path.parent, "show", f"HEAD:./{path.name}")
    return path.read_bytes() if committed is None else committed


def names_handed_out(folder: Path) -> set[str]:
    """Return what lies in a folder, without what a learner keeps there: what Git does not know."""
    known = _git(folder, "ls-files", "-z", "--", ".")
    if not known:
        return {path.name for path in folder.iterdir()}
    return {name.split("/", 1)[0] for name in os.fsdecode(known).split("\0") if name}


def is_in_git(folder: Path) -> bool:
    """Say whether a last commit knows what was handed out in a folder."""
    return bool(_git(folder, "ls-tree", "HEAD", "./"))


def _git(folder: Path, *words: str) -> bytes | None:
    """Ask Git; None where it is not installed, has no such folder or no answer."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False)
    except OSError:
        return None
    return None if done.returncode else done.stdout
