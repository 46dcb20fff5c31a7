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


def known_stub(path: Path) -> bytes | None:
    """Return the stub of a kata as it was handed out; None where nothing says how that was.

    In a clone the last commit may be the learner's, with the file filled. So of its last versions,
    back to the last commit that also changed something else of the kata, the one counts that asks
    for most; of several the newest.
    """
    best = known_original(path)
    if best is None or _is_kept(path):
        return best
    asked = ("log", f"-{_MOST_VERSIONS}", "--format=commit %H", "--name-only", "--relative")
    told = _git(path.parent, *asked, "--", ".") or b""
    for part in os.fsdecode(told).split("commit ")[1:]:
        commit, *names = part.split()
        if path.name not in names:
            continue
        content = _git(path.parent, "show", f"{commit}:./{path.name}") or b""
        best = max(best, content, key=_asked_by)
        if len(names) > 1:
            break
    return best


def _is_kept(path: Path) -> bool:
    return any((root / ORIGINALS / path.relative_to(root)).is_file() for root in path.parents)


def _asked_by(content: bytes) -> int:
    return content.count(b"TODO(kata)") + content.count(b"raise NotImplementedError")


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
