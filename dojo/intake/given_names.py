"""Read what a name on the disk says: whose hand-in it is, which attempt, or that it is nobody's.

Platforms that let a whole class be downloaded write into each name who handed it in, and when.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from dojo.catalog.kata import Kata
from dojo.ground.safe_text import one_line

MOST_NAME_CHARACTERS = 200
_MOST_BYTES_OF_A_NAME = 256

# What systems, editors and installers leave in any folder.
_OF_THE_SYSTEM = re.compile(
    r"\..*|~\$.*|.*~|__macosx|__pycache__|node_modules|venv|lost\+found|icon\r"
    r"|(eh)?thumbs(_vista)?\.db|desktop\.ini|\$recycle\.bin|recycler|system volume information"
    r"|@eadir|@__thumb|#recycle|#snapshot|found\.\d{3}",
    re.IGNORECASE | re.DOTALL,
)
# What instructors and platforms put beside hand-ins: lists, marks, pages, and what we write.
_BESIDE = re.compile(
    r".*\.(csv|tsv|xlsx?|ods|json|ya?ml|html?|md|log|key|sqlite(-\w+)?)", re.IGNORECASE | re.DOTALL
)
_ARCHIVE = re.compile(
    r"(?P<stem>.+?)(\.(zipx?|tar|tgz|tbz2?|txz|tzst|gz|bz2|xz|zst|lz4?|rar|7z|cab))+",
    re.IGNORECASE | re.DOTALL,
)
_TEXTS = (
    # Moodle: Anna Doe_1234_assignsubmission_file_retries.py; in folders: ..._file or ..._file_
    r"(?P<who>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(_(?P<own>.*))?",
    # Blackboard: Homework 1_adoe_attempt_2026-11-24-17-58-00_retries.py, and a .txt on each
    r"(?P<number>.+)_(?P<who>[^_]+)_attempt_(?P<date>\d{4}(-\d\d){5})((?P<kind>\.txt)|_(?P<own>.+))",
    # Brightspace: 12345-67890 - Anna Doe - Nov 24, 2026 558 PM - retries.py
    r"(?P<number>\d+)-\d+ - (?P<who>.+?) - (?P<date>\w+ \d+, \d{4} \d{3,4} [AP]M)( - (?P<own>.+))?",
    # Canvas: doeanna_LATE_81534_9712_retries-1.py, and doeanna_81534_text.html
    r"(?P<who>.+?)(?P<late>_LATE)?_(?P<number>\d+)_((?P<file>\d+)_(?P<own>.+)|(?P<kind>text)\.html)",
)
_UNSAID = dict.fromkeys(("date", "file", "kind", "late", "own"))
_FORMS = tuple(re.compile(form, re.DOTALL) for form in _TEXTS)
_FORMS_OF_FOLDERS = (_FORMS[0], _FORMS[2])
_COPY = re.compile(
    r"(?P<base>.+?)( ?\((?P<number>\d{1,3})\)|( -)? (copy|copie|kopie)( ?\(?\d+\)?)?)",
    re.IGNORECASE | re.DOTALL,
)


@dataclasses.dataclass(frozen=True)
class Given:
    """What a name says.

    Attributes:
        who: The learner.
        number: The platform's own number of the learner, which tells namesakes apart; or empty.
        own: The name that a file had when it was handed in; empty for folders and archives.
        attempt: Of two attempts the greater one is the newer.
        date: When it was handed in, by the platform's clock; None without.
        is_aside: What was typed into the platform beside the hand-in.
        is_late: Whether the platform says that it was.
    """

    who: str
    number: str = ""
    own: str = ""
    attempt: tuple[str | int, ...] = (0,)
    date: datetime.datetime | None = None
    is_aside: bool = False
    is_late: bool = False


def learner_id(name: str) -> str:
    """Return a name as an id: composed, on one line, and printable whatever it was."""
    shown = one_line(unicodedata.normalize("NFC", name), MOST_NAME_CHARACTERS)
    return shown or one_line(ascii(name))


def is_of_the_system(name: str) -> bool:
    """Say whether a system or an editor left this, and no person."""
    return _OF_THE_SYSTEM.fullmatch(name) is not None


def is_beside_hand_ins(name: str) -> bool:
    """Say whether a file is one that instructors and platforms keep beside hand-ins."""
    return _BESIDE.fullmatch(name) is not None


def stem_of_archive(name: str) -> str:
    """Return an archive's name without its endings; empty when it does not end as one."""
    found = _ARCHIVE.fullmatch(name)
    return found["stem"] if found else ""


def split_copy(name: str) -> tuple[str, int]:
    """Split `anna (2)` into `anna` and 2.

    Args:
        name: Without an ending.

    Returns:
        The name, and the number that a browser gave what was downloaded again: 0 without, -1 for
        a copy that somebody made to keep the old one.
    """
    found = _COPY.fullmatch(name)
    if found is None:
        return name, 0
    return found["base"], int(found["number"] or -1)


def read_platform_name(name: str, katas: Sequence[Kata], *, is_folder: bool) -> Given | None:
    """Read a name that a platform made; None when none has."""
    for form in _FORMS_OF_FOLDERS if is_folder else _FORMS:
        # In an archive a name may be long enough to be matched for ever.
        found = form.fullmatch(name) if len(name) < _MOST_BYTES_OF_A_NAME else None
        if found is not None:
            said: dict[str, Any] = {**_UNSAID, **found.groupdict()}
            own, copy = own_name(said["own"] or "", katas)
            date = _date_of(said["date"] or "")
            attempt = (date.isoformat() if date else "", copy, int(said["file"] or 0))
            is_aside = said["kind"] not in (None, "file")
            is_late = said["late"] is not None
            return Given(said["who"], said["number"], own, attempt, date, is_aside, is_late)
    return None


def read_plain_name(name: str, katas: Sequence[Kata]) -> Given | None:
    """Read `anna_retries.py`, `retries - anna.py`; None when it does not name kata and learner."""
    if not name.lower().endswith(".py") or len(name) >= _MOST_BYTES_OF_A_NAME:
        return None
    stem, copy = split_copy(name[:-3])
    for kata in katas:
        for called in (kata.name, kata.slug):
            if called not in stem:  # an archive may hold thousands of names
                continue
            before = re.fullmatch(rf"(.*[^ _.-])[ _.-]+{called}", stem, re.DOTALL)
            after = re.fullmatch(rf"{called}[ _.-]+([^ _.-].*)", stem, re.DOTALL)
            found = before or after
            # A kata's own tests are called test_retries.py.
            if found and found[1] != "test":
                return Given(found[1], own=f"{kata.slug}.py", attempt=(copy,))
    return None


def own_name(name: str, katas: Sequence[Kata]) -> tuple[str, int]:
    """Take from a file's name what platforms and browsers add to one that they have already.

    Args:
        name: Such as `retries-1.py`, `02_retries (1).py`.
        katas: Whose files are known.

    Returns:
        The kata's file and the number that was added; any other name as it is, and 0.
    """
    if name.lower().endswith(".py"):
        stem, copy = split_copy(name[:-3])
        base, _, added = stem.rpartition("-")
        for kata in katas:
            if stem in (kata.slug, kata.name):
                return f"{kata.slug}.py", copy
            if base in (kata.slug, kata.name) and added.isdecimal():
                return f"{kata.slug}.py", int(added)
    return name, 0


def _date_of(text: str) -> datetime.datetime | None:
    for form in ("%Y-%m-%d-%H-%M-%S", "%b %d, %Y %I%M %p"):
        with contextlib.suppress(ValueError):
            # Brightspace writes 558 PM.
            return datetime.datetime.strptime(re.sub(r" (\d{3} [AP]M)$", r" 0\1", text), form)
    return None
