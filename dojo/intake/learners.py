"""Say who handed in what: bring together what is one learner's, and take the newest attempt."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import functools
import os
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from dojo.catalog.kata import Kata
from dojo.intake.archives import Handed, Unreadable
from dojo.intake.entries import Entry, Rest, is_hand_in, list_entries
from dojo.intake.given_names import learner_id, split_copy
from dojo.intake.handed_in import look_at_files, look_into


class RosterError(Exception):
    """What the instructor named cannot be read at all; the message says how to mend it."""


@dataclasses.dataclass(frozen=True)
class HandIn:
    """What one learner handed in, not looked into yet.

    Attributes:
        learner: The id.
        source: Where it is, as the grader was told.
        look: Looks into it.
        submitted: When the roster or the platform says that it was handed in; None without.
        notes: What the instructor should know of it.
        is_listed: Whether a roster says whose it is: then it is somebody's, whatever is in it.
    """

    learner: str
    source: str
    look: Callable[[], Handed]
    submitted: datetime.datetime | None = None
    notes: tuple[str, ...] = ()
    is_listed: bool = False


def same_name(learner: str) -> str:
    """Return what all ways to write one name have in common."""
    return unicodedata.normalize("NFKC", learner).casefold().strip()


def find_hand_ins(
    paths: Iterable[Path], katas: Sequence[Kata], zone: datetime.tzinfo | None, rest: Rest
) -> list[HandIn]:
    """Find all that was handed in.

    Args:
        paths: Checkouts, folders of a class, archives, single files.
        katas: The catalogue.
        zone: Of dates that platforms write into names; None: UTC.
        rest: Gets what is left out or cannot be graded.

    Returns:
        One hand-in a learner and folder.

    Raises:
        RosterError: A path does not exist.
    """
    entries: list[Entry] = []
    for path in paths:
        if not os.path.lexists(path):
            raise RosterError(
                f"{str(path)!r} does not exist: name a checkout, a folder, an archive"
            )
        entries += list_entries(path, katas, rest)
    # Who names a class and one of its folders has named that one twice.
    groups = _grouped(list({os.path.abspath(one.path): one for one in entries}.values()))
    namesakes = collections.Counter(where[:2] for where in groups if where[2])
    found = []
    for (parent, who, number), group in groups.items():
        name = f"{who}_{number}" if namesakes[parent, who] > 1 and number else who
        if len(group) > 1:
            group.sort(key=functools.partial(_rank_of, katas=katas))
        found.append(_newest_of(name, group, zone or datetime.timezone.utc, rest))
    dated = sum(one.submitted is not None for one in found)
    if dated:
        rest.told.append(f"dates in {dated} names have no zone: read in {zone or 'UTC'}")
    return found


def _grouped(entries: list[Entry]) -> dict[tuple[Path, str, str], list[Entry]]:
    """Bring together what one learner handed in, by folder, name and the platform's number."""
    called = {(one.path.parent, one.given.who) for one in entries}
    groups: dict[tuple[Path, str, str], list[Entry]] = collections.defaultdict(list)
    for entry in entries:
        parent, given = entry.path.parent, entry.given
        base, copy = split_copy(given.who)
        # Alone, "group (2)" is a name; beside "group" it is what a browser makes of a second one.
        if copy and not given.number and (parent, base) in called:
            given = dataclasses.replace(given, who=base, attempt=(copy,))
        one = dataclasses.replace(entry, given=given)
        groups[parent, given.who, given.number].append(one)
    return groups


def _rank_of(entry: Entry, katas: Sequence[Kata]) -> tuple[object, ...]:
    """Return what is greater for the entry that counts: of one time, the one with a kata."""
    has_kata = entry.given.own.endswith(".py") or is_hand_in(entry.path, katas)
    return not entry.given.is_aside, entry.given.attempt, has_kata


def _newest_of(name: str, group: list[Entry], zone: datetime.tzinfo, rest: Rest) -> HandIn:
    """Take the last attempt: one folder or archive, or the files of one time."""
    handed_in = [one for one in group if not one.given.is_aside]
    last = group[-1]
    files: dict[str, Entry] = {}
    if last.is_file:
        of_its_time = [one for one in handed_in or group if one.given.date == last.given.date]
        files = {one.given.own: one for one in of_its_time if one.is_file}
    counts = list(files.values()) or [last]
    left = [one for one in group if one not in counts]
    rest.left_out += [str(one.path) for one in left]
    older = [one.path.name for one in left if one in handed_in]
    notes = []
    if older:
        names = " and ".join(one.path.name for one in counts)
        notes.append(f"of {len(older) + 1} attempts {names} counts, not {', '.join(older)}")
    look = functools.partial(look_into, last.path)
    if files:
        look = functools.partial(look_at_files, {own: one.path for own, one in files.items()})
    return HandIn(
        learner=learner_id(name),
        source=", ".join(str(one.path) for one in counts),
        look=look if handed_in else _refuse_text,
        submitted=last.given.date and last.given.date.replace(tzinfo=zone),
        notes=tuple(notes),
    )


def _refuse_text() -> Handed:
    raise Unreadable("it was typed into the platform's page: hand in the file")
