"""The two halves of a kata's examination fit together, and each is loaded where it belongs."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from dojo.catalog.halves import load_half
from dojo.catalog.kata import Kata, load_catalog
from dojo.exam.examiner import unexamined_tasks
from dojo.ground.paths import PACKAGE_ROOT

# Whoever keeps examinations elsewhere has nothing to be proved here.
KATAS = [kata for kata in load_catalog(PACKAGE_ROOT) if kata.exam_file.exists()]


def run_inside(kata: Kata) -> set[str]:
    """Return the names of all that scenarios have run inside.

    A scenario may choose between some: then it says their names somewhere else.
    """
    nodes = list(ast.walk(ast.parse(kata.exam_file.read_text(encoding="utf-8"))))
    named = [
        node.args[0]
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("run_with", "run_apart")
    ]
    said = {str(one.value) for one in named if isinstance(one, ast.Constant)}
    if len(said) < len({ast.dump(one) for one in named}):
        texts = {str(one.value) for one in nodes if isinstance(one, ast.Constant)}
        texts |= {str(one.arg) for one in nodes if isinstance(one, ast.keyword)}
        said |= texts & offered(kata)
    return said


def offered(kata: Kata) -> set[str]:
    """Return the names of the functions that `inside.py` has for scenarios."""
    if not kata.inside_file.exists():
        return set()
    body = ast.parse(kata.inside_file.read_text(encoding="utf-8")).body
    names = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names |= set(ast.literal_eval(node.value))
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)
def test_inside_has_what_scenarios_have_run_and_no_more(kata: Kata) -> None:
    assert offered(kata) == run_inside(kata)


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)
def test_every_task_has_a_scenario(kata: Kata) -> None:
    assert list(unexamined_tasks(kata)) == []


def test_half_is_loaded_by_its_path_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setitem(sys.modules, "kata_test", None)  # puts back what was there
    path = tmp_path / "inside.py"
    path.write_text(
        "from __future__ import annotations\nimport dataclasses\n"
        "@dataclasses.dataclass\nclass Seen:\n    count: int = 7\n"
    )
    module = load_half(path, "kata_test")

    assert module.Seen().count == 7  # finds its own module by name
    assert module.__file__ == str(path)
    assert [one.name for one in tmp_path.iterdir()] == ["inside.py"]
    path.write_text("count = 8\n")
    assert load_half(path, "kata_test").count == 8
