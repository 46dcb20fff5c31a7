"""Write made-up katas: healthy ones, and ones that are broken as a test says."""

from __future__ import annotations

from pathlib import Path

STUB = '''
def add_up(values: list[int]) -> int:
    """Add up all values."""
    raise NotImplementedError


def count(values: list[int]) -> int:
    """Count the values."""
    raise NotImplementedError
'''
REFERENCE = '''
def add_up(values: list[int]) -> int:
    """Add up all values."""
    return sum(values)


def count(values: list[int]) -> int:
    """Count the values."""
    return len(values)


if __name__ == "__main__":
    print(add_up([1, 2]))
'''
TESTS = """
def test_adds_all(solution):
    assert solution.add_up([1, 2]) == 3, "1 and 2 make 3"


def test_counts_all(solution):
    assert solution.count([5]) == 1, "there is one"
"""
WRONG = '''
"""Counts instead of adding.

Refused by: test_adds_all
"""


def add_up(values):
    return len(values)
'''
RIGHT = '''
"""A loop."""


def add_up(values):
    total = 0
    for value in values:
        total += value
    return total
'''
CATALOGUE = """
number = {number}
slug = "{slug}"
track = "prefect"
needs = []
[title]
en = "Sums"
fr = "Sommes"
[[tasks]]
points = 1
tests = ["test_adds_all"]
title = {{ en = "add", fr = "additionner" }}
[tasks.hints]
en = ["a", "b", "c"]
fr = ["a", "b", "c"]
[[tasks]]
points = 1
tests = ["test_counts_all"]
title = {{ en = "count", fr = "compter" }}
[tasks.hints]
en = ["a", "b", "c"]
fr = ["a", "b", "c"]
"""
LESSON = "# Sums\n\n```python\nsum([1])\n```\n"
FRENCH_LESSON = "# Sommes\n\n```python\nsum([1])\n```\n"


def make_kata(root: Path, number: int, slug: str, changes: dict[str, str | None]) -> str:
    """Write a healthy kata, then the changes; return its id."""
    kata = f"{number:02d}_{slug}"
    files: dict[str, str | None] = {
        "katas/kata.toml": CATALOGUE.format(number=number, slug=slug),
        "katas/README.md": LESSON,
        "katas/README.fr.md": FRENCH_LESSON,
        f"katas/{slug}.py": STUB,
        f"katas/test_{slug}.py": TESTS,
        f"reference/{slug}.py": REFERENCE,
        **{f"answers/wrong_{index}.py": WRONG for index in range(8 if number < 3 else 1)},
        **{f"answers/right_{index}.py": RIGHT for index in range(3 if number < 3 else 1)},
        **{name.format(slug=slug): text for name, text in changes.items()},
    }
    if slug.startswith("lifts"):
        files["katas/kata.toml"] = str(files["katas/kata.toml"]).format(number=number, slug=slug)
    for name, text in files.items():
        room, _, file = name.partition("/")
        folder = root / room / kata if room != "answers" else root / "reference" / kata / room
        folder.mkdir(parents=True, exist_ok=True)
        if text is not None:
            (folder / file).write_text(text, encoding="utf-8")
    return kata


def make_checkout(root: Path) -> Path:
    """Write what makes a folder a checkout."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "conftest.py").write_text('pytest_plugins = ["dojo.running.entry"]\n')
    (root / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    return root
