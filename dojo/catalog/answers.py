"""Read the planted answers of a kata: which there are, what refuses one, where one holds."""

from __future__ import annotations

import ast
import re
from importlib import metadata
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement

from dojo.catalog.kata import Kata


def answer_files(kata: Kata, kind: Literal["wrong", "right"]) -> list[Path]:
    """Return a kata's planted answers, sorted by name; none where it has no such folder."""
    return sorted(kata.answers_folder.glob(f"{kind}_*.py"))


def answers_here(kata: Kata, kind: Literal["wrong", "right"]) -> list[Path]:
    """Return the answers that are right, or wrong, with the installed versions of the engines."""
    return [path for path in answer_files(kata, kind) if holds_here(path)]


def holds_here(answer: Path) -> bool:
    """Say whether the installed versions fit the answer's line `Holds for: prefect<3.9`.

    An answer without such a line holds everywhere, one with it nowhere without that package.
    """
    needed = needed_by(answer)
    if needed is None:
        return True
    try:
        return needed.specifier.contains(metadata.version(needed.name), prereleases=True)
    except metadata.PackageNotFoundError:
        return False


def needed_by(answer: Path) -> Requirement | None:
    """Return what an answer's line `Holds for:` names; None where it has no such line."""
    found = re.search(r"^Holds for:\s*(.+)$", _docstring_of(answer), re.MULTILINE)
    return Requirement(found[1]) if found else None


def refusing_tests(answer: Path) -> set[str]:
    """Return the tests that an answer's line `Refused by: test_one, test_two` names."""
    found = re.search(r"^Refused by:\s*((?:test_\w+[,\s]*)+)", _docstring_of(answer), re.MULTILINE)
    return set(re.findall(r"test_\w+", found[1])) if found else set()


def tasks_of(kata: Kata, answer: Path) -> set[int]:
    """Return the numbers of the tasks whose tests refuse an answer; none for a right one."""
    numbers = (kata.task_number_of(name) for name in refusing_tests(answer))
    return {number for number in numbers if number is not None}


def why_not_examined(answer: Path) -> str:
    """Return what an answer's line `Not examined: why` says; empty where it has none."""
    found = re.search(r"^Not examined:\s*(\S.*)$", _docstring_of(answer), re.MULTILINE)
    return found[1] if found else ""


def mistake_of(answer: Path) -> str:
    """Return the first sentence of what an answer says of itself, or a few; else its name."""
    first, *others = (_docstring_of(answer) or answer.stem).partition("\n\n")[0].splitlines()
    for line in others:
        if first.endswith("."):
            break
        first = f"{first} {line}"
    return first


def as_one_file(kata: Kata, answer: Path) -> str:
    """Return an answer as a whole solution: it holds only what differs from the reference."""
    return appended(kata.reference_file, answer)


def appended(reference: Path, answer: Path) -> str:
    """Return an answer below the reference: its definitions replace those of the same name."""
    above = reference.read_text(encoding="utf-8")
    return f"{above}\n\n{answer.read_text(encoding='utf-8')}"


def _docstring_of(answer: Path) -> str:
    try:
        return ast.get_docstring(ast.parse(answer.read_bytes())) or ""
    except (SyntaxError, ValueError):
        return ""  # it names no test either, which the gate says
