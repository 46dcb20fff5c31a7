"""The public face for tests of a pack: what the gate asks of a kata, and a grade, as functions.

```python
import dojo.testing


def test_katas_are_proved():
    assert dojo.testing.check(ROOT) == []
```
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dojo.author.finding import Finding
    from dojo.author.seen.scenarios import Seen
    from dojo.catalog.kata import Kata
    from dojo.catalog.verdict import KataVerdict
    from dojo.grading.results import Result

__all__ = ["check", "examine", "grade", "katas", "mistakes", "verdict"]


def katas(root: Path) -> list[Kata]:
    """Read the katas of a pack.

    Args:
        root: The folder with its `pyproject.toml`.

    Returns:
        The katas in the order of their numbers; empty if there is none.

    Raises:
        CatalogError: The pack or a kata breaks a rule.
    """
    from dojo.catalog.kata import load_catalog

    return load_catalog(root)


def check(
    root: Path, names: Iterable[str] = (), *, whole: bool = False, exam: bool = False
) -> list[Finding]:
    """Prove katas, as `dojo check` does: red on the stub, green on the reference, each answer.

    Args:
        root: The pack's folder.
        names: The katas: numbers, slugs or ids; all for none.
        whole: Whether each wrong answer must leave the other tasks alone.
        exam: Whether the examination alone must refuse the wrong answers too; needs Linux.

    Returns:
        What is wrong, each with `file`, `rule`, `seen`, `cure`, and all of it as `line`.

    Raises:
        CatalogError: The pack cannot be read, or has no such kata.
        EngineError: An engine does not start.
        SandboxError: With `exam`: this machine cannot build walls.
    """
    from dojo.author.check import check_katas
    from dojo.author.files import catalogue_reads_and_nothing_is_left_over
    from dojo.author.finding import Finding
    from dojo.catalog.kata import find_kata

    every = katas(root)
    chosen = [find_kata(every, name) for name in names] or every
    found = check_katas(root, chosen, whole=whole, exam=exam)
    left = [] if list(names) else catalogue_reads_and_nothing_is_left_over(root)
    return [*left, *(one for one in found if isinstance(one, Finding))]


def verdict(kata: Kata, solutions: str | Path = "learner") -> KataVerdict:
    """Run the tests of a kata once, in a process of their own.

    Args:
        kata: One of `katas`.
        solutions: `learner`, `reference`, or a file.

    Returns:
        What each test said: `solved`, `red`, `tests`; `fault` where the run itself broke.

    Raises:
        TrackMissing: A package that the kata needs is not installed.
    """
    from dojo.warm.client import run_cold

    return run_cold(kata.root, kata, str(solutions))


def mistakes(kata: Kata) -> dict[str, set[str]]:
    """Return the planted wrong answers of a kata, and the tests that each says refuse it."""
    from dojo.catalog.answers import answer_files, refusing_tests

    return {path.stem: refusing_tests(path) for path in answer_files(kata, "wrong")}


def examine(
    kata: Kata,
    solution: str | Path | None = None,
    *,
    scenario: str | None = None,
    seed: str = "check",
) -> list[Seen]:
    """Play scenarios with the reference and a solution, as `dojo examine` does.

    Args:
        kata: One of `katas`.
        solution: A file, also a planted answer; None: the reference alone.
        scenario: Its name, or a task's number; None: all.
        seed: Of the draws.

    Returns:
        For each scenario what both did: `reference` and `solution`, each with `steps`, `noted`,
        `ended`, `printed`; what differs in `differences`; `refuses`.

    Raises:
        EngineError: An engine does not start.
        SandboxError: This machine cannot build walls.
        SolutionsNotFound: There is no such file.
    """
    from dojo.author.seen.scenarios import chosen_scenarios, look_on
    from dojo.catalog.solutions import Solutions

    names = chosen_scenarios(kata, scenario)
    content = None if solution is None else Solutions(str(solution)).content_for(kata)
    return list(look_on(kata, names, content, seed))


def grade(kata: Kata, solution: Path, *, seed: str | None = None) -> Result:
    """Grade one file, as `dojo grade` does: pristine tests and secret scenarios, behind walls.

    Args:
        kata: One of `katas`.
        solution: The file.
        seed: Of the scenarios; None: another one each time.

    Returns:
        The result: `earned` of `points`, `verdict`, `tests`, `scenarios`.

    Raises:
        EngineError: An engine does not start.
        SandboxError: This machine cannot build walls.
    """
    from dojo.grading.grader import Grader
    from dojo.intake.submission import Submission
    from dojo.sandbox.parent_client import Parent
    from dojo.sandbox.walls import Limits, SandboxError, missing_for

    if missing := missing_for("strict"):
        raise SandboxError(missing)
    submission = Submission(solution.stem, kata, str(solution), solution.read_bytes())
    with Parent(kata.root, "strict", Limits()) as parent:
        return Grader(parent, seed or secrets.token_hex(8)).grade(submission)
