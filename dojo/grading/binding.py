"""Say what a result holds for: the digests of all that could change it.

Files are read anew each time, a few milliseconds for all of them: a mark that was kept must not be
handed out after something has changed. What a process has imported it cannot import again, so it
grades only as long as the files are those that it began with.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from dojo.catalog.kata import Kata
from dojo.exam.tests_outside import STEERING_FILES
from dojo.grading.results import Binding
from dojo.ground.paths import PACKAGE_ROOT
from dojo.intake.submission import Submission
from dojo.place.carried import ARCHIVE
from dojo.sandbox.walls import Level

_CODE = PACKAGE_ROOT / "dojo"
_DOJO = "the dojo itself"
# What a wheel may bring beside the code (see docs/releasing.md): no mark rests on it.
MEASURES = "measures.json"
_BESIDE = (MEASURES, ARCHIVE)


class Changed(Exception):
    """Files are not those that this process began with; the message says what to do."""


def bind(submission: Submission, seed: str, level: Level) -> Binding:
    """Return the digests under which a submission is graded."""
    return Binding(
        submission=submission.digest,
        kata=kata_digest(submission.kata),
        grader=grader_version(),
        lock=_packages_digest(),
        python=platform.python_version(),
        seed=seed,
        level=level,
    )


def kata_digest(kata: Kata) -> str:
    """Return the digest of a kata.

    It covers the whole folders of the kata and of its reference, where its examination is, and the
    files at the root that steer its tests; what was recorded of the reference is only looked at.
    """
    files = [*_files_in(kata.folder), *_files_in(kata.reference_file.parent)]
    files = [path for path in files if path != kata.replay_file]
    files += [*(kata.root / name for name in STEERING_FILES), *kata.pack.code]
    return digest_of(files, kata.root)


def digest_of(files: Iterable[Path], root: Path) -> str:
    """Return the digest of the files that there are: of what is in them, and of their names."""
    digest = hashlib.sha256()
    for path in filter(Path.is_file, files):
        name = os.fsencode(path.relative_to(root))
        digest.update(name + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def code_digest() -> str:
    """Return the digest of the dojo's code."""
    beside = [_CODE / name for name in _BESIDE]
    return digest_of((one for one in _files_in(_CODE) if one not in beside), _CODE)


def grader_version() -> str:
    """Return the dojo's version, and the digest of its code."""
    return f"{metadata.version('ml-dojo')}+{code_digest()[:16]}"


def remember(katas: Iterable[Kata]) -> None:
    """Remember what there is now that this process has read these katas."""
    for kata in katas:
        for what, digest in _states(kata).items():
            _began_with.setdefault(what, digest)


def check_unchanged(kata: Kata) -> None:
    """Look whether what this process has in its memory is what the files say.

    Raises:
        Changed: The kata, the dojo or a package is not as it was when the process began.
    """
    for what, digest in _states(kata).items():
        if _began_with.setdefault(what, digest) != digest:
            raise Changed(f"{what} has changed since this process began")


def _states(kata: Kata) -> dict[str, str]:
    return {
        str(kata.folder): kata_digest(kata),
        _DOJO: code_digest(),
        "an installed package": _packages_digest(),
    }


def _files_in(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that somebody wrote; caches and hidden ones were not."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if one[0] != "." and one != "__pycache__")
        for name in sorted(names):
            if name[0] != "." and not name.endswith((".pyc", ".pyo")):
                yield Path(place, name)


def _packages_digest() -> str:
    # A package may put copies of others, which it has inside, on the path: whoever imports it.
    places = [place for place in sys.path if not Path(place, "..", "__init__.py").exists()]
    records = [record for place in places for record in _records_in(place)]
    states = [(path, (status := os.stat(path)).st_mtime_ns, status.st_size) for path in records]
    return _digest_of_versions(tuple(places), tuple(states))


def _records_in(place: str) -> Iterator[str]:
    """Yield the files that say what is installed there."""
    with contextlib.suppress(OSError):
        for name in os.listdir(place):
            if name.endswith((".dist-info", ".egg-info")):
                inside = (os.path.join(place, name, one) for one in ("METADATA", "PKG-INFO"))
                yield next(filter(os.path.exists, inside), os.path.join(place, name))


@functools.lru_cache(maxsize=1)
def _digest_of_versions(places: tuple[str, ...], _: tuple[tuple[str, int, int], ...]) -> str:
    """Read names and versions: as long as no record has changed, for that takes 0.15 s."""
    found = metadata.distributions(path=list(places))
    lines = {f"{one.metadata['Name']}=={one.version}" for one in found}
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


_began_with = {_DOJO: code_digest()}
