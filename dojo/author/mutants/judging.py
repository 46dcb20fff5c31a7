"""Have tests, and the examination, judge mutants of one kata, a few at a time."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dojo.author.examined import play
from dojo.author.mutants.making import Mutant
from dojo.catalog.kata import Kata
from dojo.catalog.verdict import KataVerdict
from dojo.exam.examiner import Examiner
from dojo.warm import Warm


@dataclasses.dataclass(frozen=True)
class Fate:
    """What became of a mutant before one judge.

    Attributes:
        killed_by: The test or scenario that refuses it; empty where none does.
        at_import: Whether it cannot even be imported: then that it is refused says nothing.
        fault: Why it was not judged; empty normally.
    """

    killed_by: str = ""
    at_import: bool = False
    fault: str = ""


Judging = Callable[[Kata, Mutant], Fate]


def fates(
    kata: Kata, mutants: list[Mutant], judge: Judging, pool: ThreadPoolExecutor
) -> Iterator[tuple[Mutant, Fate]]:
    """Judge mutants, some at a time; yield each in the order of the file."""
    judged = pool.map(lambda one: judge(kata, one), mutants)
    yield from zip(mutants, judged, strict=True)


class ByTests:
    """Judges by a kata's tests, first those that speak of what was changed, up to the first red."""

    def __init__(self, warm: Warm, folder: Path) -> None:
        """Judge nothing yet.

        Args:
            warm: Gives the verdicts.
            folder: Where files of its own may lie.
        """
        self._warm = warm
        self._folder = folder

    def __call__(self, kata: Kata, mutant: Mutant) -> Fate:
        """Judge one mutant.

        Raises:
            EngineError: An engine does not start.
        """
        folder = self._folder / kata.name / hashlib.sha256(mutant.id.encode()).hexdigest()[:16]
        folder.mkdir(parents=True)
        file = folder / kata.reference_file.name
        file.write_bytes(mutant.content)
        first = naming_tests(kata, mutant.scope)
        rest = set(kata.tests) - first
        for tests in (first, rest) if first and rest else (set(kata.tests),):
            verdict = self._warm.run(
                kata, str(file), tests=tests, all_tasks=True, one_red=True, first_red=True
            )
            if verdict.fault or verdict.red:
                return _fate(verdict)
        return Fate()


def by_examination(examiner: Examiner) -> Judging:
    """Judge by the scenarios of a kata alone."""

    def judge(kata: Kata, mutant: Mutant) -> Fate:
        outcome = play(kata, mutant.content.decode(), examiner, to_the_end=False)
        if isinstance(outcome, Exception):
            return Fate(fault=f"{type(outcome).__name__}: {outcome}")
        refusing = [one for one in outcome if one.verdict != "passed"]
        if not refusing:
            return Fate()
        return Fate(refusing[0].scenario, at_import=refusing[0].at_import)

    return judge


def naming_tests(kata: Kata, scope: str) -> set[str]:
    """Return the listed tests in whose text a scope's function or class is named."""
    name = scope.lstrip("@").split(".", 1)[0]
    text = kata.test_file.read_text(encoding="utf-8")
    return {
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name in kata.tests
        and re.search(rf"\b{re.escape(name)}\b", ast.unparse(node))
    }


def _fate(verdict: KataVerdict) -> Fate:
    if verdict.fault:
        return Fate(fault=verdict.fault)
    red = verdict.red[0]
    if red.cause == "fixture":
        return Fate(fault=f"{red.test}: {red.message}")
    return Fate(red.test, at_import=red.cause == "import")
