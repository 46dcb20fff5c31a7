"""Find the sentences in a Python file that somebody may be told, with names for what is put in.

Read from the source, never run: a sentence stays where it is, as an f-string beside its assertion,
and whoever translates it touches a catalogue alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_WORD = re.compile(r"[A-Za-z]{2,}")
# What only looks like a sentence: code, queries, tables, names of columns.
_CODE = re.compile(
    r"^\s*((import|from|def|class|SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA)\b|"
    r"<[/!?a-z]|:root|\.\w+ \{)"
)
# `raised {name}`, `{low} to {high}`, `{file} (yours)`, `a folder`: one word is enough with what is
# put in, or `a`.
_ONE_WORD = re.compile(
    r"^[A-Za-z]{4,}:? \{|^.*\} [a-z]{4,}\b|(^|[ }])[A-Za-z]{3,}: \{"
    r"|\},? (to|of|in|or|and|at|with|from|on|now) \{|\} \([a-z]{4,}\)$|\}.*, [a-z]{4,}( \{|$)"
    r"|^(a|an|the|no) [a-z]{3,}$|^a \{"
)
# What a scenario calls what it notes: words, no name of a function, no sign of a format.
_NOTE = re.compile(r"(?=.*[a-z]{3})[a-z{][a-z0-9{} ,;:'*-]*")
_LEAST_WORDS = 2


class Template(NamedTuple):
    """One sentence, or a part of one.

    Attributes:
        text: The English text, with names in braces for what is put in: `It returned {value}.`
        line: Where it begins in its file.
    """

    text: str
    line: int


def templates_of(file: Path) -> list[Template]:
    """Return the sentences of a Python file, each once, in the file's order.

    Args:
        file: Any Python file.

    Raises:
        OSError: It cannot be read.
        SyntaxError: It is no Python.
    """
    tree = ast.parse(file.read_bytes())
    silent = set(_silent(tree))
    found: dict[str, Template] = {}
    for node, is_choice in _texts(tree, is_choice=False):
        if id(node) in silent:
            continue
        text = text_of(node)
        if text is not None and _is_prose(text, is_choice):
            found.setdefault(text, Template(text, node.lineno))
    return sorted(found.values(), key=lambda one: one.line)


def notes_of(file: Path) -> list[Template]:
    """Return what scenarios call what they note, beside the sentences of their file.

    Args:
        file: An examination.

    Raises:
        OSError: It cannot be read.
        SyntaxError: It is no Python.
    """
    found = {one.text: one for one in templates_of(file)}
    for node in ast.walk(ast.parse(file.read_bytes())):
        for value in node.args if isinstance(node, ast.Call) else ():
            if isinstance(value, (ast.JoinedStr, ast.Constant)):
                text = text_of(value) if not isinstance(value, ast.Constant) else value.value
                if isinstance(text, str) and _NOTE.fullmatch(re.sub(r"\{\w+\}", "{}", text)):
                    found.setdefault(text, Template(text, value.lineno))
    return sorted(found.values(), key=lambda one: one.line)


def _silent(tree: ast.AST) -> Iterator[int]:
    """Yield what nobody is told, by identity: docstrings, what is compared, annotations.

    And what has a part of a catalogue of its own: tables of words, the help of options.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_elsewhere(node):
            yield from map(id, ast.walk(node))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield id(first.value)
        if isinstance(node, ast.Compare):
            yield from (id(one) for one in (node.left, *node.comparators))
        elif isinstance(node, ast.Subscript):
            yield id(node.slice)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns:
            yield from map(id, ast.walk(node.returns))
        elif isinstance(node, (ast.arg, ast.AnnAssign)) and node.annotation:
            yield from map(id, ast.walk(node.annotation))


def _is_elsewhere(node: ast.Call) -> bool:
    if isinstance(node.func, ast.Attribute):
        return isinstance(node.func.value, ast.Name) and node.func.value.id == "typer"
    return isinstance(node.func, ast.Name) and node.func.id == "WordTable"


def _texts(node: ast.AST, *, is_choice: bool) -> Iterator[tuple[ast.expr, bool]]:
    """Yield each text, and whether it is one of several of which one is put into another."""
    if isinstance(node, ast.JoinedStr):
        yield node, is_choice
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _texts(part.value, is_choice=False)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node, is_choice
        return
    if _joins(node):
        yield from _texts(node.func.value, is_choice=True)  # type: ignore[attr-defined]
    for name, value in ast.iter_fields(node):
        chosen = (isinstance(node, ast.IfExp) and name != "test") or isinstance(node, ast.BoolOp)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _texts(child, is_choice=chosen)


def _joins(node: ast.AST) -> bool:
    """Say whether texts are put together by another one: `", then ".join(...)`."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "join"
    )


def text_of(node: ast.expr) -> str | None:
    """Write a text with named places; None if it has nothing but places."""
    if isinstance(node, ast.Constant):
        return str(node.value).replace("{", "{{").replace("}", "}}")
    assert isinstance(node, ast.JoinedStr)
    names: dict[str, int] = {}
    written: list[str] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            written.append(str(part.value).replace("{", "{{").replace("}", "}}"))
        elif isinstance(part, ast.FormattedValue):
            name = _name_of(part.value)
            names[name] = names.get(name, 0) + 1
            written.append("{" + name + (str(names[name]) if names[name] > 1 else "") + "}")
    return "".join(written)


def _name_of(value: ast.expr) -> str:
    """Name what is put in after what it is: `seen.ending` is `ending`, `len(rows)` `len_rows`."""
    if isinstance(value, ast.Name):
        return value.id.strip("_") or "it"
    if isinstance(value, ast.Attribute):
        return value.attr.strip("_")
    if isinstance(value, ast.Call):
        inner = [_name_of(one) for one in value.args[:1]]
        return "_".join([_name_of(value.func), *(one for one in inner if one != "it")])
    if isinstance(value, (ast.Subscript, ast.Await, ast.Starred)):
        return _name_of(value.value)
    return "it"


def _is_prose(text: str, is_choice: bool) -> bool:
    words = _WORD.findall(re.sub(r"\{\w+\}", " ", text))
    if is_choice:
        return bool(words) and not _CODE.match(text)
    if _ONE_WORD.search(text) and "=" not in text and not _CODE.match(text):
        return True
    if _CODE.match(text) or not re.search(r"[a-z]{2,} |[a-z]{2,}[.:,]?$| [a-z]{2,}", text):
        return False
    return len(words) >= _LEAST_WORDS and " " in text.strip()
