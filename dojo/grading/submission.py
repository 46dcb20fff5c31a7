"""Find out what was handed in, by whom; take the files the catalogue names and nothing else.

Who the learner is says the roster or the path, never a file inside.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime
import difflib
import hashlib
import io
import os
import subprocess
import tokenize
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlparse

from dojo.catalog import Kata
from dojo.grading.handed_in import ARCHIVES, MOST_SOURCE_BYTES, Handed, Unreadable, look_into

_LEFT_OUT = ("conftest.py", "pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml")
_LEFT_OUT_ENDINGS = (".so", ".pyd", ".pyc", ".pth")


class RosterError(Exception):
    """What the instructor named cannot be read at all; the message says how to mend it."""


@dataclasses.dataclass(frozen=True)
class Submission:
    """One learner's one kata, as it was handed in.

    Attributes:
        learner: Who, from the roster or the path.
        kata: Which kata.
        source: Where it came from, as the grader was told.
        content: The file; None when there is none to grade.
        fault: Why there is none, and what to hand in instead; else empty.
        submitted: Its own date: the roster's, else the commit's; None when it has none.
        notes: What was left out, and what else the instructor should know.
    """

    learner: str
    kata: Kata
    source: str
    content: bytes | None
    fault: str = ""
    submitted: datetime.datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the file; of its fault when there is none."""
        return hashlib.sha256(self.content or self.fault.encode()).hexdigest()


def collect(
    paths: Iterable[Path], roster: Path | None, katas: list[Kata], wanted: list[Kata]
) -> tuple[list[Submission], list[str]]:
    """Find all submissions.

    Args:
        paths: Checkouts, folders of such, archives, or single files.
        roster: A CSV file with the columns `id` and `path` (also a folder that is a Git
            repository, or its `file://` URL), and perhaps `submitted`.
        katas: The catalogue.
        wanted: The katas to grade: a learner without one of them has an unreadable submission.
            Empty: those that were handed in.

    Returns:
        The submissions in the order of the learners' names, and a line on each thing that was
        named but gave none.

    Raises:
        RosterError: The roster, or something named on the command line, cannot be read.
    """
    named: list[tuple[str, Path, datetime.datetime | None, str]] = []
    for path in paths:
        if not path.exists():
            raise RosterError(
                f"{str(path)!r} does not exist: name a checkout, a folder, an archive"
            )
        named += [(learner, one, None, str(one)) for learner, one in _learners_in(path, katas)]
    if roster is not None:
        named += _read_roster(roster)
    found: list[Submission] = []
    ungraded: list[str] = []
    known: dict[str, str] = {}
    for learner, path, submitted, source in named:
        key = _same_name(learner)
        if key in known:
            ungraded.append(
                f"{source}: {learner!r} was handed in already ({known[key]}); it was not graded"
            )
            continue
        known[key] = source
        theirs = _submissions_of(learner, path, submitted, source, katas, wanted)
        found += theirs
        if not theirs:
            ungraded.append(f"{source}: holds no kata; each is katas/NN_slug/slug.py")
    found.sort(key=lambda one: (one.learner, one.kata.number))
    return _note_equal_files(found), ungraded


def _same_name(learner: str) -> str:
    return unicodedata.normalize("NFKC", learner).casefold().strip()


def _note_equal_files(found: list[Submission]) -> list[Submission]:
    by_digest: dict[tuple[str, str], list[str]] = {}
    for one in found:
        if one.content is not None and one.content != one.kata.stub_file.read_bytes():
            by_digest.setdefault((one.kata.id, one.digest), []).append(one.learner)
    noted = []
    for one in found:
        same = [
            name for name in by_digest.get((one.kata.id, one.digest), []) if name != one.learner
        ]
        said = (f"the same file as {', '.join(sorted(same)[:5])}",) if same else ()
        noted.append(dataclasses.replace(one, notes=one.notes + said))
    return noted


def _learners_in(path: Path, katas: list[Kata]) -> list[tuple[str, Path]]:
    """Tell a checkout from a folder of learners."""
    if not path.is_dir() or _is_checkout(path, katas):
        return [(_name_of(path), path)]
    inside = [
        one
        for one in sorted(path.iterdir())
        if not one.name.startswith(".") and (one.is_dir() or one.name.endswith(ARCHIVES))
    ]
    return [(_name_of(one), one) for one in inside] or [(_name_of(path), path)]


def _name_of(path: Path) -> str:
    name = path.resolve().name
    if path.suffix == ".py":
        return path.resolve().parent.name
    ending = next((end for end in sorted(ARCHIVES, key=len) if name.endswith(end)), "")
    return name.removesuffix(ending)


def _is_checkout(path: Path, katas: list[Kata]) -> bool:
    return (
        (path / "katas").is_dir()
        or any((path / kata.id).is_dir() for kata in katas)
        or any(os.path.lexists(path / f"{kata.slug}.py") for kata in katas)
    )


def _read_roster(roster: Path) -> list[tuple[str, Path, datetime.datetime | None, str]]:
    try:
        text = roster.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RosterError(f"the roster {str(roster)!r} cannot be read: {error}") from None
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if rows and not {"id", "path"} <= set(rows[0]):
        raise RosterError(f"the roster {str(roster)!r} needs the columns 'id' and 'path'")
    found = []
    for number, row in enumerate(rows, start=2):
        learner, where = (row.get("id") or "").strip(), (row.get("path") or "").strip()
        if not learner or not where:
            raise RosterError(f"line {number} of the roster {str(roster)!r} lacks an id or a path")
        url = urlparse(where)
        if url.scheme in ("http", "https", "ssh", "git") or "@" in where.split("/", 1)[0]:
            raise RosterError(
                f"line {number} of the roster: {where!r} is not on this machine;"
                " 'git clone' it first and name the folder"
            )
        local = unquote(url.path) if url.scheme == "file" else where
        path = Path(local) if Path(local).is_absolute() else roster.parent / local
        found.append((learner, path, _read_date(row.get("submitted"), number), where))
    return found


def _read_date(text: str | None, number: int) -> datetime.datetime | None:
    if not text or not text.strip():
        return None
    try:
        moment = datetime.datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise RosterError(
            f"line {number} of the roster: {text!r} is no date; write 2026-11-24T18:00:00+01:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)


def _submissions_of(
    learner: str,
    path: Path,
    submitted: datetime.datetime | None,
    source: str,
    katas: list[Kata],
    wanted: list[Kata],
) -> list[Submission]:
    try:
        handed = look_into(path)
        fault = ""
    except Unreadable as error:
        handed, fault = Handed((), _nothing), str(error)
    except OSError as error:
        handed, fault = Handed((), _nothing), f"it cannot be read ({error.strerror})"
    submitted = submitted or handed.submitted
    found = []
    # Without a word on which: a broken archive is the learner's first kata, so that it is told.
    for kata in wanted or (katas[:1] if fault else katas):
        place = _place_of(kata, handed.names)
        if place is None and not wanted and not fault:
            continue
        content, said = None, fault
        if not fault:
            try:
                content = _take(kata, place, handed)
            except Unreadable as error:
                said = str(error)
            except (OSError, subprocess.TimeoutExpired) as error:
                said = f"it cannot be read ({error})"
        notes = _what_was_left_out(kata, place, handed.names)
        found.append(Submission(learner, kata, source, content, said, submitted, notes))
    return found


def _nothing(_: str) -> bytes:
    raise Unreadable("there is no file")


def _place_of(kata: Kata, names: Iterable[str]) -> str | None:
    """Return the name of the kata's file among those handed in: the shallowest that fits."""
    endings = (f"katas/{kata.id}/{kata.slug}.py", f"{kata.id}/{kata.slug}.py", f"{kata.slug}.py")
    names = list(names)
    for ending in endings:
        fits = [name for name in names if name == ending or name.endswith(f"/{ending}")]
        if ending == endings[-1]:  # a bare file: at the top, or in the one folder at the top
            fits = [name for name in fits if name.count("/") <= 1]
        if fits:
            return min(fits, key=lambda name: (name.count("/"), name))
    return None


def _take(kata: Kata, place: str | None, handed: Handed) -> bytes:
    if place is None:
        wanted = f"katas/{kata.id}/{kata.slug}.py"
        inside = [name.rsplit("/", 1)[-1] for name in handed.names if name.endswith(".py")]
        near = difflib.get_close_matches(f"{kata.slug}.py", inside, n=1, cutoff=0.6)
        meant = f"; there is {near[0]!r}: is that it?" if near else ""
        raise Unreadable(f"{wanted} is not there{meant}")
    content = handed.read(place)
    name = place.rsplit("/", 1)[-1]
    if len(content) > MOST_SOURCE_BYTES:
        raise Unreadable(
            f"{name} is longer than {MOST_SOURCE_BYTES >> 20} MB: hand in the code only"
        )
    if not content.strip():
        raise Unreadable(f"{name} is empty: was it saved?")
    if b"\0" in content:
        raise Unreadable(f"{name} is not Python text (NUL bytes): save it as UTF-8")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        content.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        raise Unreadable(f"{name} is not Python text: save it as UTF-8") from None
    return content


def _what_was_left_out(kata: Kata, place: str | None, names: Iterable[str]) -> tuple[str, ...]:
    """Name the files beside the kata's that could steer its tests: they were not taken."""
    if place is None:
        return ()
    folder = place.rpartition("/")[0]
    known = {path.name for path in kata.folder.glob("*")} | {f"{kata.slug}.py"}
    beside = []
    for name in names:
        where, _, base = name.rpartition("/")
        steers = base in _LEFT_OUT or base.endswith((".py", *_LEFT_OUT_ENDINGS))
        if where == folder and base not in known and steers:
            beside.append(base)
    return (f"left out: {', '.join(sorted(beside)[:8])}",) if beside else ()
