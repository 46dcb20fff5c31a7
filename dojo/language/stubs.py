"""Write a stub in another language: same code and signatures, other docstrings and comments.

What a stub says is in the catalogue beside it, under the context `stub`: each docstring whole, and
each comment on a line of its own, with those that follow it.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import textwrap
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from dojo.ground.files import write_whole
from dojo.language.catalogue import CatalogueError, read
from dojo.language.templates import Template


class _Said(NamedTuple):
    """A docstring or a comment of a stub.

    Attributes:
        text: What it says, without indent, quotes or signs.
        first: Its first line, from 0.
        last: The line after its last.
        indent: What its lines begin with.
        is_comment: Whether it is a comment.
    """

    text: str
    first: int
    last: int
    indent: str
    is_comment: bool


def said_in(source: bytes) -> list[Template]:
    """Return what a stub says, each text once, in order.

    Raises:
        SyntaxError: It is no Python.
    """
    found: dict[str, Template] = {}
    for one in _said(source.decode()):
        found.setdefault(one.text, Template(one.text, one.first + 1))
    return list(found.values())


def in_other_words(source: bytes, said: Mapping[str, str]) -> bytes:
    """Return a stub with what it says in another language; the same tree but for its docstrings.

    Args:
        source: The stub.
        said: What each text is there; one that is missing stays as it is.
    """
    text = source.decode()
    lines = text.splitlines()
    for one in sorted(_said(text), reverse=True, key=lambda each: each.first):
        if other := said.get(one.text):
            written = _comment(one, other) if one.is_comment else _docstring(one, other, lines)
            lines[one.first : one.last] = written
    return ("\n".join(lines) + "\n").encode()


def versions(folder: Path, source: bytes) -> dict[str, bytes]:
    """Return a stub in each language that the kata has, by the language's code.

    Args:
        folder: The kata's.
        source: The stub in English.
    """
    found = {"en": source}
    for file in sorted(folder.glob("messages.*.po")):
        with contextlib.suppress(CatalogueError, SyntaxError):
            found[file.name.split(".")[1]] = in_other_words(source, read(file, "stub"))
    return found


def speak(stub: Path, source: bytes, language: str) -> bool:
    """Write a stub in a language where nobody has filled it; say whether it is so now.

    Args:
        stub: The file in a clone; what is written there may be somebody's.
        source: As it was handed out.
        language: Which; one that the kata does not have is English.
    """
    known = versions(stub.parent, source)
    wanted = known.get(language, source)
    here = stub.read_bytes() if stub.is_file() else b""
    if _lines(here) not in [_lines(one) for one in known.values()]:
        return False
    if here != wanted:
        write_whole(stub, wanted)
    return True


def _lines(content: bytes) -> list[bytes]:
    return content.removeprefix(b"\xef\xbb\xbf").splitlines()


def _said(text: str) -> Iterator[_Said]:
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            assert first.end_lineno is not None
            said = inspect.cleandoc(str(first.value.value))
            begin = lines[first.lineno - 1]
            indent = begin[: len(begin) - len(begin.lstrip())]
            yield _Said(said, first.lineno - 1, first.end_lineno, indent, is_comment=False)
    yield from _comments(text, lines)


def _comments(text: str, lines: list[str]) -> Iterator[_Said]:
    """Yield comments that have lines of their own; those that a tool reads are none."""
    alone = [
        token.start[0] - 1
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
        and token.line.lstrip().startswith("#")
        and not token.string.startswith("# noqa")
    ]
    while alone:
        first = last = alone.pop(0)
        while alone and alone[0] == last + 1 and "TODO(kata)" not in lines[alone[0]]:
            last = alone.pop(0)
        indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        words = [line.strip().removeprefix("#").strip() for line in lines[first : last + 1]]
        yield _Said(" ".join(words), first, last + 1, indent, is_comment=True)


def _comment(one: _Said, other: str) -> list[str]:
    start = f"{one.indent}# "
    return textwrap.wrap(other, 98, initial_indent=start, subsequent_indent=start)


def _docstring(one: _Said, other: str, lines: list[str]) -> list[str]:
    opening = lines[one.first].strip()
    quotes = opening[: opening.index('"""') + 3]
    written = [line and one.indent + line for line in other.splitlines()]
    written[0] = f"{one.indent}{quotes}{other.splitlines()[0]}"
    if len(written) == 1:
        return [f'{written[0]}"""']
    return [*written, f'{one.indent}"""']
