"""Say how one story differs from another in what a reader of both should look at.

Lengths of work are no difference: they are of the machine. Waits are, and who ran within whom, how
often, beside how many, and how each ended.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

from dojo.replay.story import Run, Story, Table
from dojo.replay.timeline import Timeline, lay_out, said

_MOST_SAID = 12
_MOST_LISTED = 6
# Jitter draws each wait anew.
_ALIKE = 0.02
# Titles of tables whose rows are of the test's data, which it draws anew.
_OF_CHANCE = ("What JSON", "Calls in")
# Of these only the first cell is not of chance: the name of a file, and not its size.
_BY_NAME = ("Files",)
_KINDS = {"tracked run": "MLflow run"}


def differences(mine: Story, other: Story, whose: str = "reference") -> list[str]:
    """Return what is different in a story, a line each; empty if nothing is.

    Args:
        mine: The story.
        other: What it is held against.
        whose: What that one is called.
    """
    here, there = lay_out(mine), lay_out(other)
    found = [*_counts(mine, other, whose), *_each(mine, other, whose)]
    if not found or len(mine.runs) == len(other.runs):
        one, two = at_once(here), at_once(there)
        for name in sorted(one.keys() & two.keys()):
            if (one[name] > 1) != (two[name] > 1):
                found.append(f"{name}: {_beside(one[name])}; {whose}: {_beside(two[name])}")
    found += _tables(mine, other, whose)
    more = len(found) - _MOST_SAID
    return [*found[:_MOST_SAID], *([f"and {more} more"] if more > 0 else [])]


def tables_of(stories: Sequence[tuple[str, Story]]) -> list[tuple[str, Table]]:
    """Return the tables of all stories, each with whose it is; one that is the same once."""
    whose: dict[Table, list[str]] = {}
    for name, story in stories:
        for table in story.tables:
            whose.setdefault(table, []).append(name)
    return [(" and ".join(names), table) for table, names in whose.items()]


def marked(mine: Story, other: Story) -> set[int]:
    """Return the numbers of the runs of a story that the other one has not, or not so."""
    pairs = _pairs(mine, other)
    return {run.id for run in mine.runs if run.id not in pairs or _how(run) != _how(pairs[run.id])}


def shape(story: Story) -> list[str]:
    """Return what of a story is the same each time that the same code runs: no moments, no waits.

    Each run as its kind, its name, whose it is and how it ended; sorted, each once.
    """
    return sorted(
        {f"{_within(run, story)}{run.kind} {run.name}: {run.ended}" for run in story.runs}
    )


def at_once(timeline: Timeline) -> dict[str, int]:
    """Return, for each name of several runs, how many of them were at work at one moment."""
    ends: dict[str, list[tuple[float, int]]] = {}
    for lane in timeline.lanes:
        if lane.bars:
            ends.setdefault(lane.run.name, []).extend([(lane.begin_s, 1), (lane.end_s, -1)])
    return {
        name: max(itertools.accumulate(step for _, step in sorted(steps)))
        for name, steps in ends.items()
        if len(steps) > 2
    }


def _beside(count: int) -> str:
    return f"{count} at once" if count > 1 else "one after the other"


def _key(run: Run, story: Story) -> tuple[str, str, str]:
    return run.kind, run.name, _within(run, story)


def _within(run: Run, story: Story) -> str:
    return f"{story.of_run(run.parent).name} > " if run.parent is not None else ""


def _pairs(mine: Story, other: Story) -> dict[int, Run]:
    """Return for each run of a story the one that does the same in the other, in their order."""
    left: dict[tuple[str, str, str], list[Run]] = {}
    for run in other.runs:
        left.setdefault(_key(run, other), []).append(run)
    found = {}
    for run in mine.runs:
        if there := left.get(_key(run, mine)):
            found[run.id] = there.pop(0)
    return found


def _how(run: Run) -> tuple[object, ...]:
    waits = tuple(round(one, 1) for one in run.waits_s)
    return waits, tuple(one.name for one in run.states), bool(run.gets)


def _counts(mine: Story, other: Story, whose: str) -> list[str]:
    here = Counter(_key(run, mine) for run in mine.runs)
    there = Counter(_key(run, other) for run in other.runs)
    found = []
    for kind, name, within in sorted(here.keys() | there.keys()):
        one, two = here[kind, name, within], there[kind, name, within]
        if one != two:
            kind_said = _KINDS.get(kind, kind)
            found.append(f"{within}{name}: {_runs(one, kind_said)}; {whose}: {_runs(two, '')}")
    return found


def _runs(count: int, kind: str) -> str:
    return f"{count or 'no'} {kind}{'s' if count != 1 and kind else ''}".strip()


def _each(mine: Story, other: Story, whose: str) -> list[str]:
    found = []
    for number, there in _pairs(mine, other).items():
        run = mine.of_run(number)
        if _are_others(run.waits_s, there.waits_s):
            found.append(
                f"{run.name}: waits {_listed(run.waits_s)}; {whose}: {_listed(there.waits_s)}"
            )
        elif run.ended != there.ended:
            found.append(f"{run.name}: ends in {run.ended}; {whose}: {there.ended}")
        elif len(run.states) != len(there.states) and run.waits_s:
            found.append(f"{run.name}: {len(run.states)} states; {whose}: {len(there.states)}")
    return list(dict.fromkeys(found))


def _are_others(mine: list[float], other: list[float]) -> bool:
    if len(mine) != len(other):
        return True
    return any(
        abs(one - two) > max(_ALIKE, _ALIKE * two) for one, two in zip(mine, other, strict=True)
    )


def _listed(waits: list[float]) -> str:
    shown = ", ".join(said(one) for one in waits[:_MOST_LISTED]) or "none"
    more = len(waits) - _MOST_LISTED
    return f"{shown} and {more} more" if more > 0 else shown


def _tables(mine: Story, other: Story, whose: str) -> list[str]:
    there = {one.title: one for one in other.tables}
    found = []
    for table in mine.tables:
        twin = there.get(table.title)
        if twin is None or table.title.startswith(_OF_CHANCE):
            continue
        cells = 1 if table.title.startswith(_BY_NAME) else len(table.columns)
        rows, rows_there = ({row[:cells] for row in one.rows} for one in (table, twin))
        missing = [row[:cells] for row in twin.rows if row[:cells] not in rows]
        added = [row[:cells] for row in table.rows if row[:cells] not in rows_there]
        if added or missing:
            one = " ".join(filter(None, added[0])) if added else "fewer rows"
            two = " ".join(filter(None, missing[0])) if missing else "no such row"
            found.append(f"{table.title}: {one}; {whose}: {two}")
    return found
