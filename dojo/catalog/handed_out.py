"""Say what a kata was before a learner filled it.

A workspace keeps it in a folder of originals; in a clone Git's last commit has it.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

# Below a workspace: each file that is the learner's to change, as it was handed out.
ORIGINALS = Path(".dojo", "original")
_MOST_VERSIONS = 40


def handed_out(path: Path) -> bytes:
    """Return a file of a workspace or a checkout as it was handed out.

    Args:
        path: The file; somebody may have changed or removed it since.

    Returns:
        The original that the workspace keeps, or what the last commit has; what the file has, where
        neither knows it.

    Raises:
        OSError: Neither knows it, and it cannot be read.
    """
    known = known_original(path)
    return path.read_bytes() if known is None else known


def known_original(path: Path) -> bytes | None:
    """Return a file as it was handed out; None where nothing says how that was."""
    for root in path.parents:
        kept = root / ORIGINALS / path.relative_to(root)
        if kept.is_file():
            return kept.read_bytes()
    return _git(path.parent, "show", f"HEAD:./{path.name}")


def earlier_versions(path: Path) -> Iterator[bytes]:
    """Yield what a file of a clone was in its last commits, the newest first."""
    known = _git(path.parent, "log", f"-{_MOST_VERSIONS}", "--format=%H", "--", path.name)
    for commit in (known or b"").decode().split():
        if (content := _git(path.parent, "show", f"{commit}:./{path.name}")) is not None:
            yield content


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
