"""What of a reference is changed: what a learner writes, and tests or examination can reach."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from dojo.author.mutants.statements import Function

_Member = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def written(reference: ast.Module, stub: ast.Module, readers: str) -> Iterator[ast.stmt]:
    """Yield the statements at the top of a reference that are worth a change.

    Args:
        reference: The reference.
        stub: The stub as it was handed out: what it has already is given.
        readers: The text of all that calls a solution: its tests, its examination.
    """
    given = {_dump(node) for node in stub.body}
    named = {name for node in stub.body for name in names_bound(node)}
    named |= _looked_up(readers)
    candidates = [node for node in reference.body if not _is_left_alone(node)]
    reached = _reached(candidates, named)
    for node in candidates:
        if id(node) in reached and _dump(node) not in given:
            yield node


def given_members(node: ast.ClassDef, stub: ast.Module) -> set[str]:
    """Return what the stub's class of that name has already, each as `dump_of` gives it."""
    for one in stub.body:
        if isinstance(one, ast.ClassDef) and one.name == node.name:
            return {_dump(member) for member in one.body}
    return set()


def dump_of(node: ast.stmt) -> str:
    """Return a statement without its place and docstrings: two that do the same are equal."""
    return _dump(node)


def names_bound(node: ast.stmt) -> set[str]:
    """Return the names that a statement, not what is inside its parts, gives a value to."""
    if isinstance(node, _Member):
        return {node.name}
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    return {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}


def _looked_up(readers: str) -> set[str]:
    """Return what readers may look up in a solution: an attribute, or a name that a text has."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(readers)):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set(re.findall(r"\w+", node.value))
    return found


def _is_left_alone(node: ast.stmt) -> bool:
    if isinstance(node, ast.If):
        return bool(re.search(r"\b(__name__|TYPE_CHECKING)\b", ast.unparse(node.test)))
    return isinstance(node, ast.Import | ast.ImportFrom) or "__all__" in names_bound(node)


def _reached(nodes: list[ast.stmt], named: set[str]) -> set[int]:
    """Return the ids of what is asked for by a name, or by what is asked for."""
    reached: set[int] = set()
    waiting = [one for one in nodes if not (names := names_bound(one)) or names & named]
    by_name = {name: one for one in nodes for name in names_bound(one)}
    while waiting:
        node = waiting.pop()
        if id(node) in reached:
            continue
        reached.add(id(node))
        names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        waiting += [by_name[name] for name in names & by_name.keys()]
    return reached


def _dump(node: ast.stmt) -> str:
    """Write a statement's tree, docstrings left out."""
    text = ast.parse(ast.unparse(node))
    for one in ast.walk(text):
        if isinstance(one, Function | ast.ClassDef) and ast.get_docstring(one) is not None:
            one.body = one.body[1:] or [ast.Pass()]
    return ast.dump(text)
