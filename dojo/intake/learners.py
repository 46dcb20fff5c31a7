"""Say who handed in what: bring together what is one learner's, and say which attempt counts."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import functools
import os
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

from dojo.catalog.kata import Kata
from dojo.intake.archives import Handed, Unreadable
from dojo.intake.entries import Entry, Rest, is_hand_in, list_entries
from dojo.intake.given_names import learner_id, split_copy
from dojo.intake.handed_in import look_at_files, look_into

Attempt = Literal["newest", "first", "best"]


class RosterError(Exception):
    """What the instructor named cannot be read at all; the message says how to mend it."""


@dataclasses.dataclass(frozen=True)
class Terms:
    """What a roster tells of a learner beside where the hand-in is.

    Attributes:
        deadline: The last moment in time, instead of the class's; None: the class's.
        extension: How much later it is, for this learner.
        columns: What else the roster has, by the name of its column.
    """

    deadline: datetime.datetime | None = None
    extension: datetime.timedelta = datetime.timedelta()
    columns: tuple[tuple[str, str], ...] = ()

    def moved(self, deadline: datetime.datetime | None) -> datetime.datetime | None:
        """Return the deadline that holds for the learner, given the class's.

        An extension of days ends at the same time of day, also where clocks are changed between.
        """
        held = self.deadline or deadline
        return held + self.extension if held is not None else None


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
        attempt: Its number among those of a learner that are all graded, from 1; 0: the only one.
        terms: What holds for this learner alone.
        number: The platform's own number of the learner, from a name that it made; or empty.
    """

    learner: str
    source: str
    look: Callable[[], Handed]
    submitted: datetime.datetime | None = None
    notes: tuple[str, ...] = ()
    is_listed: bool = False
    attempt: int = 0
    terms: Terms = dataclasses.field(default_factory=Terms)
    number: str = ""


def same_name(learner: str) -> str:
    """Return what all ways to write one name have in common."""
    return unicodedata.normalize("NFKC", learner).casefold().strip()


def find_hand_ins(
    paths: Iterable[Path],
    katas: Sequence[Kata],
    zone: datetime.tzinfo | None,
    rest: Rest,
    counts: Attempt = "newest",
) -> list[HandIn]:
    """Find all that was handed in.

    Args:
        paths: Checkouts, folders of a class, archives, single files.
        katas: The catalogue.
        zone: Of dates that platforms write into names; None: UTC.
        rest: Gets what is left out or cannot be graded.
        counts: Which of a learner's attempts; for the best, all are graded.

    Returns:
        One hand-in a learner and folder; one an attempt where the best counts.

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
        attempts = _attempts_in(group)
        if counts != "newest":  # then what holds no kata, a picture, is no attempt
            attempts = [one for one in attempts if _has_kata(one, katas)] or attempts
        if counts != "best":
            attempts = attempts[:1] if counts == "first" else attempts[-1:]
        found += _hand_ins_of(name, group, attempts, zone or datetime.timezone.utc, rest)
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
    return not entry.given.is_aside, entry.given.attempt, _has_kata({"": entry}, katas)


def _has_kata(attempt: dict[str, Entry], katas: Sequence[Kata]) -> bool:
    return any(
        one.given.own.endswith(".py") or is_hand_in(one.path, katas) for one in attempt.values()
    )


def _hand_ins_of(
    name: str,
    group: list[Entry],
    attempts: list[dict[str, Entry]],
    zone: datetime.tzinfo,
    rest: Rest,
) -> list[HandIn]:
    """Take the attempts that count, and say which do not."""
    taken = [entry for one in attempts for entry in one.values()]
    left = [one for one in group if one not in taken]
    rest.left_out += [str(one.path) for one in left]
    others = [one.path.name for one in left if not one.given.is_aside]
    notes: tuple[str, ...] = ()
    if others:
        named = " and ".join(one.path.name for one in taken)
        notes = (f"of {len(others) + 1} attempts {named} counts, not {', '.join(others)}",)
    numbers = range(1, len(attempts) + 1) if len(attempts) > 1 else [0]
    return [
        _hand_in_of(name, one, zone, notes, number)
        for number, one in zip(numbers, attempts, strict=True)
    ]


def _attempts_in(group: list[Entry]) -> list[dict[str, Entry]]:
    """Part what one learner handed in: a folder, an archive, or the files of one time are one.

    Returns:
        The attempts, oldest first, each by the names that its files were handed in with.
    """
    attempts: list[dict[str, Entry]] = []
    at: dict[datetime.datetime | None, int] = {}
    for entry in [one for one in group if not one.given.is_aside] or group[-1:]:
        own, time = entry.given.own, entry.given.date
        if not entry.is_file:
            attempts.append({"": entry})
        elif time not in at or own in attempts[at[time]]:
            # A file that is there already was handed in again; the others of its time stay.
            before = attempts[at[time]] if time in at else {}
            at[time] = len(attempts)
            attempts.append({**before, own: entry})
        else:
            attempts[at[time]][own] = entry
    return attempts


def _hand_in_of(
    name: str, attempt: dict[str, Entry], zone: datetime.tzinfo, notes: tuple[str, ...], number: int
) -> HandIn:
    last = list(attempt.values())[-1]
    look = functools.partial(look_into, last.path)
    if last.is_file:
        look = functools.partial(look_at_files, {own: one.path for own, one in attempt.items()})
    if last.given.is_late:
        notes = (*notes, "late, as the platform says")
    return HandIn(
        learner=learner_id(name),
        source=", ".join(str(one.path) for one in attempt.values()),
        look=_refuse_text if last.given.is_aside else look,
        submitted=last.given.date and last.given.date.replace(tzinfo=zone),
        notes=notes,
        attempt=number,
        number=last.given.number,
    )


def _refuse_text() -> Handed:
    raise Unreadable("it was typed into the platform's page: hand in the file")
