"""Find what the help of the command line says in a file of commands: docstrings and options."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from dojo.language.templates import Template, text_of

_OPTIONS = ("help", "metavar")


def help_in(file: Path) -> Iterator[Template]:
    """Yield what `--help` shows of the commands in a Python file, which is never run."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.FunctionDef) and any(map(_makes_a_command, node.decorator_list)):
            if said := ast.get_docstring(node):
                yield Template(inspect.cleandoc(said), node.lineno)
        elif (
            isinstance(node, ast.keyword)
            and node.arg in _OPTIONS
            and isinstance(node.value, (ast.Constant, ast.JoinedStr))
        ):
            yield Template(text_of(node.value) or "", node.value.lineno)


def _makes_a_command(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in ("command", "callback")
