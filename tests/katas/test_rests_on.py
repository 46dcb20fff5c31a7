"""Each scenario says what its evidence is made of, and looks where it says, and nowhere else.

What it looks at is read from its text: it may do that in helpers, or in methods of its own file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import get_args

import pytest

from dojo.catalog.kata import Kata, load_catalog
from dojo.exam.examiner import scenarios_of
from dojo.exam.marks import Ground
from dojo.exam.stage import grounds_of
from dojo.ground.paths import PACKAGE_ROOT

# Whoever keeps examinations elsewhere has nothing to be proved here.
KATAS = [kata for kata in load_catalog(PACKAGE_ROOT) if kata.exam_file.exists()]

OF_THE_API = {"requests", "patience_s", "gaps_s", "webhooks"}
OF_THE_DESK = {
    "read": "outside",
    "database": "record",
    "flow_runs": "record",
    "deployments": "record",
    "engine": "word",
    "peak": "word",
    "call": "told",
    "run_with": "told",
    "run_apart": "apart",
}
HELPERS = {"read_history": "record"}


def functions_of(tree: ast.Module) -> dict[str, list[ast.FunctionDef]]:
    """Return the functions of a file by what they are called as; a class is its constructor."""
    found: dict[str, list[ast.FunctionDef]] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    is_made = method.name in ("__init__", "__call__")
                    found.setdefault(node.name if is_made else method.name, []).append(method)
    return found


def looks_of(function: ast.FunctionDef, known: dict[str, list[ast.FunctionDef]]) -> set[str]:
    """Return the kinds of what a scenario looks at, in all that it may call in its file."""
    looks: set[str] = set()
    seen: set[int] = set()
    left = [function]
    while left:
        here = left.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        for node in ast.walk(here):
            looks |= set(kinds_of(node))
            if isinstance(node, (ast.Name, ast.Attribute)):
                left += known.get(node.id if isinstance(node, ast.Name) else node.attr, [])
    return looks


def kinds_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and node.id in HELPERS:
        yield HELPERS[node.id]
    if isinstance(node, ast.Attribute):
        if node.attr in OF_THE_API:
            yield "outside"
        if node.attr in OF_THE_DESK and ast.unparse(node.value).endswith("desk"):
            yield OF_THE_DESK[node.attr]


def declared(kata: Kata) -> dict[str, tuple[set[str], set[str]]]:
    """Return of each scenario what it says that it rests on, and what it looks at."""
    tree = ast.parse(kata.exam_file.read_text(encoding="utf-8"))
    known = functions_of(tree)
    found = {}
    for name, scenario in scenarios_of(kata).items():
        (function,) = (one for one in known[name] if one.name == name)
        found[name] = (set(scenario.rests_on), looks_of(function, known))  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)
def test_scenario_says_what_it_looks_at(kata: Kata) -> None:
    wrong = {}
    for name, (says, looks) in declared(kata).items():
        must = looks & set(get_args(Ground))
        # What a call told may be an answer, or no more than its word; what another process has
        # found of what was left is seen from outside.
        may = must | ({"answer", "word"} if "told" in looks else set())
        may |= {"outside"} if "apart" in looks else set()
        if not says or not must <= says <= may:
            wrong[name] = f"says {sorted(says)}, looks at {sorted(looks)}"
    assert wrong == {}, "set rests_on of @examines right; docs/marks.md tells what each kind is"


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)
def test_every_task_says_what_it_rests_on(kata: Kata) -> None:
    grounds = grounds_of(scenarios_of(kata).values())

    assert sorted(grounds) == list(range(1, len(kata.tasks) + 1))
    assert [number for number, one in grounds.items() if not one] == []


def test_what_a_helper_looks_at_is_found() -> None:
    text = """
class Night:
    def __init__(self, desk):
        self.desk = desk
        desk.call("f")

    def counted(self):
        return len(self.desk.api.requests)

def runs(desk):
    return desk.flow_runs()

def one(desk):
    Night(desk).counted()

def other(desk):
    Night(desk)
    return runs(desk), desk.peak
"""
    known = functions_of(ast.parse(text))

    assert looks_of(known["one"][0], known) == {"told", "outside"}
    assert looks_of(known["other"][0], known) == {"told", "record", "word"}
