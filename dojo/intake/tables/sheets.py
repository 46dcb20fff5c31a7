"""Know the lists that platforms hand out and take back: who is on a line, and since when.

Canvas: the CSV of *Grades*, *Export*. Moodle: an assignment's *grading worksheet*. GitHub
Classroom and Classroom 50: the roster.

Source: `gradebook_exporter.rb` and `gradebook_importer.rb` of Canvas; `mod/assign/feedback/offline`
of Moodle, with its strings in English and French.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

Platform = Literal["canvas", "moodle", "github"]

_IDENTIFIER = ("identifier", "identifiant")
_HANDED_IN = ("last modified (submission)", "dernière modification (travail remis)")
_STATUS = ("status", "statut")
# Behind what became of the hand-in: who has more time, where a teacher gave it in Moodle.
_MORE_TIME = re.compile(
    r"(?:extension granted until|prolongation accordée jusqu.au)(?:&nbsp;|\s)*:\s*(.+?)(?: - |$)",
    re.IGNORECASE,
)
_USERNAME = ("github_username", "username")
_NAMES: dict[Platform, tuple[str, ...]] = {
    "canvas": ("student", "sis user id", "sis login id", "integration id"),
    "moodle": (
        *("full name", "nom complet", "id number", "numéro d'identification"),
        *("email address", "adresse de courriel", "username", "nom d'utilisateur"),
    ),
    "github": _USERNAME,
}


@dataclasses.dataclass(frozen=True)
class Sheet:
    """Which column of a platform's list says what; each by its number, -1 where there is none.

    Attributes:
        platform: Whose list it is.
        number: The platform's own number of a person, which names in its downloads have too.
        names: What else tells who somebody is.
        kept: What goes on into results: who it is, and no marks of anything else.
        submitted: When they handed in, by the platform's clock.
        status: What became of it, and who has more time.
    """

    platform: Platform
    number: int
    names: tuple[int, ...]
    kept: tuple[int, ...]
    submitted: int = -1
    status: int = -1

    def number_of(self, cells: Sequence[str]) -> str:
        """Return a person's number: of `Participant 1234` the digits. Empty without."""
        found = re.search(r"(\d+)\s*$", _cell(cells, self.number))
        return found[1] if found else ""

    def names_of(self, cells: Sequence[str]) -> tuple[str, ...]:
        """Return the names, logins and addresses of a person, the most telling one first."""
        return tuple(name for one in self.names if (name := _cell(cells, one)))

    def more_time_of(self, cells: Sequence[str]) -> str:
        """Return until when a person may hand in, where the platform has a date of theirs."""
        found = _MORE_TIME.search(unicodedata.normalize("NFC", _cell(cells, self.status)))
        return found[1].strip() if found else ""

    def is_of_a_person(self, cells: Sequence[str]) -> bool:
        """Say whether a row is somebody's; Canvas has rows on assignments too."""
        if self.platform != "canvas":
            return bool(self.number_of(cells) or self.names_of(cells))
        return bool(_cell(cells, self.number)) and "Points Possible" not in cells[0]


def recognise(head: Sequence[str]) -> Sheet | None:
    """Return how a platform's list is read; None of a table that is none of theirs.

    A table that says by `id` and `path` who is where is the instructor's own, whatever else it has.

    Args:
        head: The names of its columns.
    """
    columns = [unicodedata.normalize("NFC", cell).casefold().strip() for cell in head]

    def place(names: Sequence[str]) -> int:
        return next((columns.index(name) for name in names if name in columns), -1)

    if {"id", "path"} <= set(columns):
        return None
    is_of_canvas = {"id", "section"} <= set(columns) and columns[0] in ("student", "lastname")
    is_of_github = "github_username" in columns or {"username", "github_id"} <= set(columns)
    platform: Platform
    if is_of_canvas:
        platform, number = "canvas", columns.index("id")
    elif is_of_github:
        platform, number = "github", -1
    elif place(_IDENTIFIER) >= 0:
        platform, number = "moodle", place(_IDENTIFIER)
    else:
        return None
    names = tuple(columns.index(name) for name in _NAMES[platform] if name in columns)
    kept = tuple(sorted({number, *names} - {-1}))
    if platform == "canvas":
        kept = tuple(range(columns.index("section") + 1))
    elif platform == "github":
        kept = tuple(range(len(columns)))
    submitted, status = (place(_HANDED_IN), place(_STATUS)) if platform == "moodle" else (-1, -1)
    return Sheet(platform, number, names, kept, submitted, status)


def bare(name: str) -> str:
    """Return what a name has in common with the one that a platform makes of it for a file."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(one for one in letters if one.isalnum())


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if 0 <= place < len(cells) else ""
