"""A stub is written in another language: other docstrings and comments, the same code."""

from __future__ import annotations

import ast
from pathlib import Path

from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import load_catalog
from dojo.ground.paths import PACKAGE_ROOT
from dojo.language.catalogue import faults, read
from dojo.language.sources import kata_catalogue
from dojo.language.stubs import in_other_words, said_in
from dojo.language.templates import Template

STUB = '''"""Count."""

import os  # noqa: F401  kept


def count(values: list[int]) -> int:
    r"""Count the values.

    Args:
        values: Which; \\d of them.

    Returns:
        How many.
    """
    # TODO(kata): task 1, count them,
    # and nothing else.
    raise NotImplementedError


class Kept:
    """Stays."""
'''
SAID = {
    "Count.": "Compter.",
    "Count the values.\n\nArgs:\n    values: Which; \\d of them.\n\nReturns:\n    How many.": (
        "Compter les valeurs.\n\nArgs:\n    values: Lesquelles ; \\d.\n\nReturns:\n    Combien."
    ),
    "TODO(kata): task 1, count them, and nothing else.": "TODO(kata): tâche 1, les compter.",
}
FRENCH = '''"""Compter."""

import os  # noqa: F401  kept


def count(values: list[int]) -> int:
    r"""Compter les valeurs.

    Args:
        values: Lesquelles ; \\d.

    Returns:
        Combien.
    """
    # TODO(kata): tâche 1, les compter.
    raise NotImplementedError


class Kept:
    """Stays."""
'''


def test_all_that_is_said_is_found_and_put_in_other_words() -> None:
    assert [one.text for one in said_in(STUB.encode())] == [
        *(
            "Count.",
            "Count the values.\n\nArgs:\n    values: Which; \\d of them.\n\nReturns:\n"
            "    How many.",
            "Stays.",
        ),
        "TODO(kata): task 1, count them, and nothing else.",
    ]
    assert in_other_words(STUB.encode(), SAID).decode() == FRENCH
    assert in_other_words(STUB.encode(), {}).decode() == STUB


def without_docstrings(source: bytes) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                first.value.value = ""
    return ast.unparse(tree)


def test_each_stub_is_the_same_code_in_french() -> None:
    for kata in load_catalog(PACKAGE_ROOT):
        english = handed_out(kata.stub_file)
        french = in_other_words(english, read(kata_catalogue(kata, "fr"), "stub"))
        assert french != english, f"{kata.id} says nothing in French"
        assert without_docstrings(french) == without_docstrings(english)


def test_mark_of_a_gap_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "messages.fr.po"
    english = "TODO(kata): task 1, count them."
    found = {}
    for said in ("TODO(kata): tâche 1, comptez-les.", "TODO(kata) : tâche 1.", "tâche 1."):
        file.write_text(f'msgctxt "stub"\nmsgid "{english}"\nmsgstr "{said}"\n', encoding="utf-8")
        found[said] = [one.kind for one in faults(file, {"stub": [Template(english, 1)]})]

    assert [*found.values()] == [[], ["gap"], ["gap"]], found
