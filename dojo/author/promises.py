"""Check what stub and reference promise: the stub is the one that was handed out.

In the working tree somebody may have filled it; see `dojo.catalog.handed_out`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dojo.author.finding import Fault, rule
from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import Kata


@rule
def stub_and_reference_promise_the_same(kata: Kata) -> Iterator[Fault]:
    """Ask that each public function of the stub has signature and docstring of the reference's."""
    stub = promises(handed_out(kata.stub_file), str(kata.stub_file))
    reference = promises(kata.reference_file.read_bytes(), str(kata.reference_file))
    if not stub:
        cure = "write the functions to fill, each with its statement"
        yield Fault(kata.stub_file, "has no public function with a docstring", cure)
    for name, (signature, statement) in stub.items():
        if name not in reference:
            cure = "write it there, with its docstring"
            yield Fault(kata.reference_file, f"has no {name} with a docstring", cure)
            continue
        there, statement_there = reference[name]
        if signature != there:
            cure = "give both the same signature"
            yield Fault(kata.stub_file, f"{name}: {signature}, in the reference {there}", cure)
        if statement != statement_there:
            seen = f"{name} has another docstring than in the reference"
            yield Fault(kata.stub_file, seen, "give both the same docstring")


def promises(source: bytes, file: str = "<source>") -> dict[str, tuple[str, str | None]]:
    """Return signature and docstring of each public function of a source."""
    tree = ast.parse(source, file)
    return {
        node.name: (
            f"{type(node).__name__} ({ast.unparse(node.args)})"
            + (f" -> {ast.unparse(node.returns)}" if node.returns else ""),
            ast.get_docstring(node),
        )
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node)
    }


def is_filled(kata: Kata) -> bool:
    """Say whether the stub in the working tree is another than the one that was handed out."""
    if not kata.stub_file.is_file():
        return True
    return kata.stub_file.read_bytes().splitlines() != handed_out(kata.stub_file).splitlines()
