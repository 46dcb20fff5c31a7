"""Collect what was handed in, whoever's and however: one submission a learner and kata."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import hashlib
from collections.abc import Iterable
from pathlib import Path

from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import Kata
from dojo.ground.safe_text import in_a_list, one_line
from dojo.intake.archives import Handed, Unreadable
from dojo.intake.entries import Rest
from dojo.intake.learners import Attempt, HandIn, Terms, find_hand_ins, same_name
from dojo.intake.roster import read_roster
from dojo.intake.taking import (
    copy_of,
    essence,
    holders_within,
    near_misses,
    place_of,
    take,
    what_was_left_out,
)
from dojo.language.stubs import versions

UNTOUCHED = "untouched: it is the stub"


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
        terms: What holds for this learner alone.
    """

    learner: str
    kata: Kata
    source: str
    content: bytes | None
    fault: str = ""
    submitted: datetime.datetime | None = None
    notes: tuple[str, ...] = ()
    terms: Terms = dataclasses.field(default_factory=Terms)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the file; of its fault when there is none."""
        return hashlib.sha256(
            self.content or self.fault.encode("utf-8", "surrogatepass")
        ).hexdigest()


@dataclasses.dataclass(frozen=True)
class Collected:
    """What came in.

    Attributes:
        submissions: In the order of the learners' names.
        ungraded: A line on each thing that is somebody's, or may be, and cannot be graded.
        left_out: The names of what was passed over: systems' files, older attempts.
        told: How else something was read than one may think, a line each.
    """

    submissions: list[Submission]
    ungraded: list[str]
    left_out: list[str]
    told: list[str]


def collect(
    paths: Iterable[Path],
    roster: Path | None,
    katas: list[Kata],
    wanted: list[Kata],
    zone: datetime.tzinfo | None = None,
    counts: Attempt = "newest",
) -> Collected:
    """Find all submissions. None that cannot be read ends it for the others.

    Args:
        paths: Checkouts, folders of such, archives, or single files.
        roster: A table with the columns `id` and `path`, and perhaps `submitted`.
        katas: The catalogue.
        wanted: The katas to grade: a learner without one of them has an unreadable submission.
            Empty: those that were handed in.
        zone: Of dates without one; None: UTC.
        counts: Which of a learner's attempts; for the best there is a submission each.

    Raises:
        RosterError: The roster, or something named on the command line, cannot be read.
    """
    rest = Rest()
    hand_ins = find_hand_ins(paths, katas, zone, rest, counts)
    if roster is not None:
        hand_ins = read_roster(roster, katas, zone, rest, hand_ins, counts)
    known: dict[tuple[str, int], HandIn] = {}
    for one in hand_ins:
        who, number = same_name(one.learner), one.attempt
        first = known.get((who, number)) or known.get((who, 1 if number == 0 else 0))
        if first is None:
            known[who, number] = one
        else:
            rest.ungraded.append(
                f"{one.source}: {one.learner!r} was handed in already ({first.source}); it was not"
                " graded: give each learner another name"
            )
    found: list[Submission] = []
    broken: list[tuple[HandIn, str]] = []
    for one in known.values():
        try:
            found += _submissions_of(one, katas, wanted, rest)
        except Exception as error:  # whatever somebody's bytes can do, it is theirs alone
            broken.append((one, _fault_of(error)))
    # Without a word on which, what cannot be opened is what the others handed in.
    theirs = [kata for kata in katas if any(kata is one.kata for one in found)]
    for one, fault in broken:
        for kata in wanted or theirs or katas[:1]:
            found.append(_submission(one, kata, None, fault))
    found.sort(key=lambda one: (in_a_list(one.learner), one.kata.number))
    return Collected(
        _note_equal_files(found),
        [one_line(line) for line in rest.ungraded],
        [one_line(name) for name in rest.left_out],
        [one_line(line) for line in rest.told],
    )


def _submissions_of(
    hand_in: HandIn, katas: list[Kata], wanted: list[Kata], rest: Rest
) -> list[Submission]:
    """Take what one learner handed in; raise whatever its bytes can make any reader raise."""
    handed = hand_in.look()
    holders = holders_within(handed.names, katas)
    if holders:
        several = f"{len(holders)} hand-ins ({', '.join(holders[:5])}), not one learner's"
        if hand_in.is_listed:
            raise Unreadable(f"it holds {several}: hand in one")
        rest.ungraded.append(
            f"{hand_in.source}: holds {several}; name the folder that they are in (unpack an"
            " archive first), or keep one"
        )
        return []
    places = {
        kata.id: place_of(kata, handed.names) or copy_of(kata, handed.names) for kata in katas
    }
    chosen = wanted or [kata for kata in katas if places[kata.id] is not None]
    if not chosen:
        near = [name for kata in katas for name in near_misses(kata, handed.names)]
        meant = f"; there is {near[0]!r}: is that it?" if near else ""
        rest.ungraded.append(
            f"{hand_in.source}: holds no kata; each is katas/NN_slug/slug.py{meant}"
        )
    return [_take(hand_in, kata, places[kata.id], handed) for kata in chosen]


def _take(hand_in: HandIn, kata: Kata, place: str | None, handed: Handed) -> Submission:
    content, fault = None, ""
    try:
        content = take(kata, place, handed)
    except Exception as error:  # as above: this kata's alone
        fault = _fault_of(error)
    notes = what_was_left_out(kata, place, handed.names)
    return _submission(hand_in, kata, content, fault, handed, notes)


def _fault_of(error: Exception) -> str:
    if isinstance(error, Unreadable):
        return str(error)
    return f"it cannot be read ({type(error).__name__}: {error}): hand it in anew, as a .zip"


def _submission(
    hand_in: HandIn,
    kata: Kata,
    content: bytes | None,
    fault: str,
    handed: Handed | None = None,
    notes: tuple[str, ...] = (),
) -> Submission:
    """Make the record, all of its text on one line and printable: names are bytes of anybody's."""
    submitted = hand_in.submitted
    if handed is not None and submitted is None:
        submitted = handed.submitted
        notes += (handed.note,) if handed.note else ()
    return Submission(
        learner=hand_in.learner,
        kata=kata,
        source=one_line(hand_in.source),
        content=content,
        fault=one_line(fault),
        submitted=submitted,
        notes=tuple(one_line(note) for note in (*hand_in.notes, *notes)),
        terms=hand_in.terms,
    )


def _note_equal_files(found: list[Submission]) -> list[Submission]:
    """Note who handed in the same, and who nothing but the stub."""
    said = [essence(one.content) if one.content is not None else None for one in found]
    holders: dict[tuple[str, bytes | None], list[str]] = collections.defaultdict(list)
    for one, text in zip(found, said, strict=True):
        holders[one.kata.id, text].append(one.learner)
    # Whoever grades may have filled it in this very checkout.
    stubs = {
        path: {essence(one) for one in versions(path.parent, handed_out(path)).values()}
        for path in {one.kata.stub_file for one in found}
    }
    noted = []
    for one, text in zip(found, said, strict=True):
        note = ""
        if text is not None and text in stubs[one.kata.stub_file]:
            note = UNTOUCHED
        elif text is not None:
            same = sorted(name for name in holders[one.kata.id, text] if name != one.learner)
            note = f"the same file as {', '.join(same[:5])}" if same else ""
        noted.append(dataclasses.replace(one, notes=one.notes + ((note,) if note else ())))
    return noted
