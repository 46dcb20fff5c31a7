"""Check how many mutants of a kata's reference are killed, and that each survivor is explained."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dojo.author import examined, verdicts
from dojo.author.finding import Fault, Finding, Note, rule, shown
from dojo.author.mutants.draw import draw
from dojo.author.mutants.judging import ByTests, Fate, by_examination, fates
from dojo.author.mutants.making import Mutant, mutants_of
from dojo.author.mutants.survivors import (
    CannotRead,
    Judge,
    Survivor,
    read_survivors,
    survivors_file,
)
from dojo.author.runs import PARALLEL_RUNS
from dojo.catalog.kata import Kata
from dojo.exam.examiner import Examiner
from dojo.warm import Warm

MOST = 60
GOALS: dict[Judge, int] = {"tests": 95, "examination": 85}
_Fates = list[tuple[Mutant, Fate]]
_Listed = dict[tuple[str, Judge], Survivor]


def judge_mutants(
    root: Path,
    katas: list[Kata],
    *,
    exam: bool = False,
    most: int = MOST,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Finding | Note]:
    """Have the tests of katas judge mutants of their references, one kata at a time.

    Args:
        root: The checkout.
        katas: Which; each has all that a run needs.
        exam: Whether the examination alone judges them too.
        most: How many of each kata; 0 for all.
        say: Is told why something takes a while.

    Yields:
        Each survivor that nobody has explained, each line that explains none, scores below the
        goal; and all scores.

    Raises:
        EngineError: An engine does not start.
        SandboxError: With `exam`: this machine cannot build walls.
    """
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="dojo-mutants-"))
        pools: dict[Judge, ThreadPoolExecutor] = {
            "tests": ThreadPoolExecutor(PARALLEL_RUNS),
            "examination": ThreadPoolExecutor(os.cpu_count() or 1),
        }
        for pool in pools.values():
            stack.callback(pool.shutdown, cancel_futures=True)
        # Warm parent and examiner close first: then whatever is being judged comes to its end.
        warm = stack.enter_context(Warm(root, say))
        examiner = stack.enter_context(examined.examiner_of(root)) if exam else None
        by_tests = ByTests(warm, Path(folder))
        for kata in katas:
            with contextlib.suppress(CannotRead):  # its own finding, of what can be read
                listed = read_survivors(kata)
                yield from _check(kata, listed, warm, by_tests, examiner, pools, most)


def _check(
    kata: Kata,
    listed: _Listed,
    warm: Warm,
    by_tests: ByTests,
    examiner: Examiner | None,
    pools: dict[Judge, ThreadPoolExecutor],
    most: int,
) -> Iterator[Finding | Note]:
    if found := reference_can_be_changed(kata):
        yield from found
        return
    every = mutants_of(kata)
    drawn = draw(every, most, {name for name, _ in listed})
    if len(drawn) < len(every):
        yield Note(kata.id, f"{len(drawn)} of {len(every)} mutants were drawn")
    verdict = warm.run(kata, "reference", all_tasks=True)
    if found := verdicts.reference_is_green(kata, verdict):
        yield from found
        return
    tried = list(fates(kata, drawn, by_tests, pools["tests"]))
    yield from _report(kata, "tests", tried, listed)
    if examiner is None:
        return
    if not kata.exam_file.exists():
        place = shown(kata.exam_file, kata.root)
        yield Note(kata.id, f"has no examination here ({place}): the tests alone judged mutants")
        return
    if found := examined.examination_accepts_the_reference(kata, examiner):
        yield from found
        return
    imported = [mutant for mutant, fate in tried if not fate.at_import]
    tried = list(fates(kata, imported, by_examination(examiner), pools["examination"]))
    yield from _report(kata, "examination", tried, listed)


def _report(kata: Kata, judge: Judge, tried: _Fates, listed: _Listed) -> Iterator[Finding | Note]:
    for mutant, fate in tried:
        if fate.fault:
            yield from mutant_is_judged(kata, mutant, fate)
        elif not fate.killed_by and (mutant.id, judge) not in listed:
            yield from survivor_is_explained(kata, judge, mutant)
        elif fate.killed_by and (mutant.id, judge) in listed:
            yield from listed_survivor_lives(kata, judge, mutant, fate)
    score = _Score.of(judge, tried, listed)
    yield Note(kata.id, score.told)
    yield from enough_mutants_are_killed(kata, score)


@dataclasses.dataclass(frozen=True)
class _Score:
    """How many mutants one judge kills, of those that are no equals of the reference.

    Attributes:
        judge: Who.
        killed: How many.
        count: Of how many.
        equivalent: How many more are listed as equivalent.
        at_import: How many more cannot be imported.
    """

    judge: Judge
    killed: int
    count: int
    equivalent: int
    at_import: int

    @classmethod
    def of(cls, judge: Judge, tried: _Fates, listed: _Listed) -> _Score:
        judged = [(mutant, fate) for mutant, fate in tried if not fate.fault]
        counted = [(mutant, fate) for mutant, fate in judged if not fate.at_import]
        equal = {
            mutant.id
            for mutant, fate in counted
            if not fate.killed_by
            and (line := listed.get((mutant.id, judge)))
            and line.is_equivalent
        }
        killed = sum(bool(fate.killed_by) for _, fate in counted)
        return cls(judge, killed, len(counted) - len(equal), len(equal), len(judged) - len(counted))

    @property
    def percent(self) -> int:
        return 100 * self.killed // self.count if self.count else 100

    @property
    def told(self) -> str:
        counted = f"{self.killed} of {self.count} mutants ({self.percent} %)"
        killed = f"the tests kill {counted}", f"the examination kills {counted}"
        said = [_by(self.judge, *killed)]
        if self.equivalent:
            said.append(f"{self.equivalent} more are listed as equivalent")
        if self.at_import:
            left_out = f"{self.at_import} more cannot be imported"
            said.append(f"{left_out}, so nothing is counted for them")
        return "; ".join(said)


@rule
def listed_survivors_are_mutants(kata: Kata) -> Iterator[Fault]:
    """Ask that the list of survivors can be read, and that the reference has all of them."""
    file = survivors_file(kata)
    try:
        listed = read_survivors(kata)
    except CannotRead as error:
        yield Fault(file, str(error), "write each as [[survivor]] with id, survives and reason")
        return
    if not listed:
        return
    known = {one.id for one in mutants_of(kata)}
    for name in dict.fromkeys(name for name, _ in listed):
        if name not in known:
            seen = f"the reference has no mutant {name!r} any more"
            yield Fault(file, seen, "remove it, or list what it has become")


@rule
def reference_can_be_changed(kata: Kata) -> Iterator[Fault]:
    """Ask that there are mutants."""
    if not mutants_of(kata):
        cure = "have the reference do something that the stub does not"
        yield Fault(kata.reference_file, "nothing in it can be changed", cure)


@rule
def listed_survivor_lives(kata: Kata, judge: Judge, mutant: Mutant, fate: Fate) -> Iterator[Fault]:
    """Ask that a mutant which is listed is killed by nobody."""
    name, by = repr(mutant.id), fate.killed_by
    seen = _by(judge, f"the tests kill {name} now: {by}", f"the examination kills {name} now: {by}")
    yield Fault(survivors_file(kata), seen, f"remove '{judge}' from what it survives")


@rule
def survivor_is_explained(kata: Kata, judge: Judge, mutant: Mutant) -> Iterator[Fault]:
    """Ask that a mutant which lives on is listed with a reason."""
    listed = f"list {_toml(mutant.id)} in {survivors_file(kata).name}, and why"
    cure = _by(judge, f"have a test see it, or {listed}", f"have a scenario see it, or {listed}")
    what = mutant.diff
    seen = _by(judge, f"the tests accept {what}", f"the examination accepts {what}")
    yield Fault(kata.reference_file, seen, cure)


@rule
def mutant_is_judged(kata: Kata, mutant: Mutant, fate: Fate) -> Iterator[Fault]:
    """Ask that a mutant breaks nothing but itself."""
    seen = f"{mutant.id!r} was not judged: {fate.fault}"
    yield Fault(kata.reference_file, seen, "run the check again; then mend what broke")


@rule
def enough_mutants_are_killed(kata: Kata, score: _Score) -> Iterator[Fault]:
    """Ask for 95 of 100 mutants from the tests, for 85 from the examination."""
    goal = GOALS[score.judge]
    if 100 * score.killed < goal * score.count:
        file = kata.test_file if score.judge == "tests" else kata.exam_file
        yield Fault(file, score.told, f"kill {goal} %: look at what the survivors change")


def _by(judge: Judge, tests: str, examination: str) -> str:
    """Return the sentence about that judge: one pieced together could not be translated."""
    return tests if judge == "tests" else examination


def _toml(text: str) -> str:
    """Return a text as its author can paste it."""
    return f"'{text}'" if "'" not in text else json.dumps(text, ensure_ascii=False)
