"""Say what a result holds for: the digests of all that could change it."""

from __future__ import annotations

import functools
import hashlib
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from dojo.catalog import Kata
from dojo.grading.marks import Binding
from dojo.grading.sandbox import Level
from dojo.grading.submission import Submission
from dojo.paths import PACKAGE_ROOT


def bind(submission: Submission, seed: str, level: Level) -> Binding:
    """Return the digests under which a submission is graded."""
    return Binding(
        submission=submission.digest,
        kata=kata_digest(submission.kata),
        grader=grader_version(),
        lock=_lock_digest(),
        python=platform.python_version(),
        seed=seed,
        level=level,
    )


@functools.lru_cache(maxsize=100)
def _digest_of_files(files: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def kata_digest(kata: Kata) -> str:
    """Return the digest of a kata: what it says, its tests, its reference, its scenarios."""
    exams = PACKAGE_ROOT / "dojo" / "grading" / "exams"
    files = [kata.folder / "kata.toml", kata.test_file, kata.stub_file, kata.reference_file]
    files += [exams / f"{kata.slug}.py", exams / "_stores.py"]
    return _digest_of_files(tuple(path for path in files if path.exists()))


@functools.lru_cache(maxsize=1)
def grader_version() -> str:
    """Return the dojo's version, and the digest of its code."""
    code = sorted((PACKAGE_ROOT / "dojo").rglob("*.py"))
    kept: Iterable[Path] = (path for path in code if "exams" not in path.parts)
    return f"{metadata.version('ml-dojo')}+{_digest_of_files(tuple(kept))[:16]}"


@functools.lru_cache(maxsize=1)
def _lock_digest() -> str:
    lines = {f"{one.metadata['Name']}=={one.version}" for one in metadata.distributions()}
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
