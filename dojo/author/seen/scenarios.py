"""Show what a kata's scenarios see of a solution: each step, what was noted, what was raised."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Collection, Iterator
from typing import Any

from dojo.author.examined import SEED, examiner_of
from dojo.catalog.kata import Kata
from dojo.exam.compare import compare
from dojo.exam.examiner import scenarios_of, tasks_of
from dojo.exam.marks import Difference
from dojo.exam.remains import NO_ANSWER, Step
from dojo.exam.stage import Desk, Outcome, Scenario
from dojo.exam.submission_process import Died
from dojo.ground.safe_text import one_line, shorten

_LONGEST_VALUE, _LONGEST_ARGUMENT, _MOST = 600, 160, 10_000


@dataclasses.dataclass(frozen=True)
class Played:
    """What one scenario did with one solution.

    Attributes:
        steps: What it did, and what came of each step, a line each.
        noted: What it noted, by name.
        ended: Why it came to no end; empty if it did.
        printed: What was printed behind the walls, with the traceback of each exception there.
    """

    steps: tuple[str, ...]
    noted: dict[str, Any]
    ended: str = ""
    printed: str = ""


@dataclasses.dataclass(frozen=True)
class Seen:
    """One scenario, played by the reference and by a solution, on the same draws.

    Attributes:
        scenario: Its name.
        tasks: The numbers of the tasks that it examines.
        reference: What it did with the reference.
        solution: What it did with the other one; None where none was asked for.
        differences: What differs of what was noted.
    """

    scenario: str
    tasks: tuple[int, ...]
    reference: Played
    solution: Played | None
    differences: tuple[Difference, ...]

    @property
    def refuses(self) -> bool:
        """Say whether the solution is refused."""
        return bool(self.differences) or bool(self.solution and self.solution.ended)


def chosen_scenarios(kata: Kata, name: str | None) -> list[str]:
    """Return the names of the scenarios that are meant: by one's name, or a task's number.

    Returns:
        In the order of their file; all for None; none where nothing is called so.
    """
    found = scenarios_of(kata).items()
    return [one for one, it in found if name in (None, one, *map(str, tasks_of(it)))]


def look_on(
    kata: Kata, names: Collection[str], solution: bytes | None = None, seed: str = SEED
) -> Iterator[Seen]:
    """Play scenarios of a kata, each with the reference, then with a solution.

    Args:
        kata: The kata.
        names: The scenarios.
        solution: The file's content; None: the reference alone.
        seed: Of the draws.

    Raises:
        EngineError: An engine does not start.
        SandboxError: This machine cannot build walls.
        GuardFault: A sandbox does not open, or does not answer.
    """
    with examiner_of(kata.root, seed) as examiner:

        def played(content: bytes, *, may_raise: bool) -> dict[str, Played]:
            desks = examiner.aloud(kata, content)
            return {
                name: _play(one, desk, may_raise=may_raise)
                for name, one, desk in desks
                if name in names
            }

        reference = played(kata.reference_file.read_bytes(), may_raise=False)
        others = {} if solution is None else played(solution, may_raise=True)
    for name, scenario in scenarios_of(kata).items():
        if name in reference:
            other = others.get(name)
            differences = () if other is None else compare(other.noted, reference[name].noted)
            yield Seen(name, tasks_of(scenario), reference[name], other, differences)


def _play(scenario: Scenario, desk: Desk, *, may_raise: bool) -> Played:
    ended = ""
    try:
        scenario(desk)
        if not may_raise and (unasked := desk.unasked + desk.unnoted):
            ended = f"it raised {_of_outcome(unasked[0])}, which no scenario asks a reference for"
    except Died as died:
        ended = f"{died.verdict}: {died.message}"
    except Exception as error:  # a scenario may raise anything
        error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
        ended = traceback.format_exc().rstrip()
    own, room = str(desk.folder), f"{desk.folder.parents[1]}/"

    def named(text: str) -> str:  # as the scenario does: folders are called otherwise each time
        return text.replace(own, "desk.folder").replace(room, "")

    steps = tuple(named(_line_of(one)) for one in desk.steps)
    return Played(steps, desk.evidence, ended, named(desk.printed().strip()))


def _line_of(step: Step) -> str:
    """Return a step on one line."""
    if step.did == "note":
        return f"note {step.what!r}: {_short(step.seen)}"
    if step.seen is NO_ANSWER:
        seen = NO_ANSWER
    else:
        seen = _of_outcome(step.seen) if isinstance(step.seen, Outcome) else _short(step.seen)
    given = ", ".join(_short(one, _LONGEST_ARGUMENT) for one in step.given)
    return f"{step.did} {step.what}({given}) -> {seen}"


def _of_outcome(outcome: Outcome) -> str:
    if not outcome.raised:
        return _short(outcome.returned)
    where = f" ({outcome.where})" if outcome.where else ""
    return f"{outcome.raised}: {shorten(one_line(outcome.text, _MOST), _LONGEST_VALUE)}{where}"


def _short(value: Any, most: int = _LONGEST_VALUE) -> str:
    return shorten(one_line(repr(value), _MOST), most)
