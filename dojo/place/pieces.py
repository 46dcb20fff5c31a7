"""Take the files of a kata apart: its functions, which task each belongs to, how two differ.

A piece is a statement at the top of a file that binds a name, with its decorators; lines are taken
as bytes, so that what is not replaced stays as it is.
"""

from __future__ import annotations

import ast
import builtins
import re
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from dojo.catalog.progress import plain_text

# In a stub: `# TODO(kata): task 1, ...`, `tasks 2 to 4`, `step 1, ...; step 5, ...`. What a task is
# called, its first word says, in any language.
_TODO = re.compile(rb"#\s*TODO\(kata\):\s*(.*)")
_WORD = re.compile(r"([^\W\d]+?)s? \d")
_AND = ("and", "et")
_BOM = b"\xef\xbb\xbf"


class Unreadable(Exception):
    """A file is no Python, or cannot be changed in this way; the message says where and why."""


@dataclass(frozen=True)
class Piece:
    """A statement of a file that binds a name.

    Attributes:
        name: The name.
        first: The number of its first line, from 0; of a decorator, or of a comment right above.
        end: The number of the line after it.
        node: The statement.
    """

    name: str
    first: int
    end: int
    node: ast.stmt


class Source:
    """A file of Python, as lines of bytes and as pieces."""

    def __init__(self, content: bytes, name: str) -> None:
        """Take a file apart.

        Args:
            content: What is in it.
            name: What it is called, for messages.

        Raises:
            Unreadable: It is no Python.
        """
        self.content = content
        self.lines = content.splitlines(keepends=True)
        try:
            self.encoding = tokenize.detect_encoding(BytesIO(content).readline)[0]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of what a learner wrote: not asked for here
                self.tree = ast.parse(content)
        except SyntaxError as error:
            where = f", line {error.lineno}" if error.lineno else ""
            raise Unreadable(f"{name}{where} is no Python: {error.msg}") from None
        except ValueError as error:
            raise Unreadable(f"{name} is no Python: {error}") from None
        self.pieces = {piece.name: piece for piece in self._pieces()}

    def _pieces(self) -> Iterator[Piece]:
        for node in self.tree.body:
            for name in _bound_by(node):
                decorators = getattr(node, "decorator_list", [])
                first = min(one.lineno for one in (node, *decorators)) - 1
                yield Piece(name, first, node.end_lineno or node.lineno, node)

    def text_of(self, piece: Piece) -> bytes:
        """Return the lines of a piece."""
        return b"".join(self.lines[piece.first : piece.end])

    def text_called(self, name: str) -> bytes | None:
        """Return the lines of the piece with that name; None if there is none."""
        piece = self.pieces.get(name)
        return None if piece is None else self.text_of(piece)

    def tasks_of(self, piece: Piece) -> set[int]:
        """Return the numbers of the tasks that a piece of a stub is to be filled for."""
        first = piece.first
        while first and self.lines[first - 1].lstrip().startswith(b"#"):
            first -= 1
        text = b"".join(self.lines[first : piece.end])
        return {number for todo in _TODO.findall(text) for number in _numbers_in(todo)}

    def pieces_of_task(self, number: int) -> list[Piece]:
        """Return the pieces of a stub that are filled for a task, in their order."""
        return [piece for piece in self.pieces.values() if number in self.tasks_of(piece)]

    def with_piece_of(self, other: Source, name: str) -> bytes:
        """Return the file with a piece as another file has it; it is put at the end if it was gone.

        Raises:
            Unreadable: Another statement stands on its lines, or it cannot be written here.
        """
        end_of_line = b"\r\n" if b"\r\n" in self.content else b"\n"
        text = plain_text(other.text_of(other.pieces[name]))
        try:
            text = text.decode(other.encoding).encode(self.encoding.removesuffix("-sig"))
        except UnicodeError:
            raise Unreadable(f"its encoding, {self.encoding}, cannot write {name!r}") from None
        text = text.replace(b"\n", end_of_line)
        piece = self.pieces.get(name)
        if piece is None:
            gap = b"" if not self.content or self.content.endswith((b"\n", b"\r")) else end_of_line
            return self.content + gap + 2 * end_of_line + text
        if more := set(_bound_by(piece.node)) - set(_bound_by(other.pieces[name].node)):
            raise Unreadable(f"the statement of {name!r} also binds {min(more)!r}")
        for node in self.tree.body:
            shares = node is not piece.node and node.lineno <= piece.end
            if shares and (node.end_lineno or node.lineno) > piece.first:
                raise Unreadable(f"line {node.lineno} has another statement beside {name!r}")
        if piece.end == len(self.lines) and not self.lines[-1].endswith((b"\n", b"\r")):
            text = text.removesuffix(end_of_line)
        begin = _BOM if piece.first == 0 and self.content.startswith(_BOM) else b""
        before, after = self.lines[: piece.first], self.lines[piece.end :]
        return b"".join([*before, begin, text, *after])

    def missing_for(self, name: str) -> set[str]:
        """Return the names that a piece needs when the file is imported, and that are not bound."""
        node = self.pieces[name].node
        used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        inside = {name for one in ast.walk(node) for name in _named_by(one)}
        bound = {one for node in self.tree.body for one in _all_bound_by(node)}
        return used - inside - bound - set(dir(builtins))


def differences_of_promises(old: Source, new: Source) -> list[str]:
    """Say which functions of a stub are asked for differently: a line for each."""
    said = []
    for name, piece in new.pieces.items():
        was = old.pieces.get(name)
        if was is None:
            said.append(f"{name} is new")
            continue
        what = []
        if _signature(was.node) != _signature(piece.node):
            what.append("signature")
        if _docstring(was.node) != _docstring(piece.node):
            what.append("docstring")
        if not what and isinstance(piece.node, ast.Assign | ast.AnnAssign):
            what = ["value"] if old.text_of(was) != new.text_of(piece) else []
        if what:
            said.append(f"{name} has another {' and '.join(what)}")
    said += [f"{name} is no longer asked for" for name in old.pieces if name not in new.pieces]
    if ast.get_docstring(old.tree) != ast.get_docstring(new.tree):
        said.append("the docstring at the top is another")
    return said


def _signature(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        returns = ast.unparse(node.returns) if node.returns else ""
        kind = type(node).__name__
        decorators = [ast.unparse(one) for one in node.decorator_list]
        return f"{kind} {decorators} {ast.unparse(node.args)} {returns}"
    if isinstance(node, ast.ClassDef):
        bases = [ast.unparse(one) for one in (*node.bases, *node.keywords, *node.decorator_list)]
        methods = [
            f"{one.name} {_signature(one)}"
            for one in node.body
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        return f"class {bases} {methods}"
    return ""


def _docstring(node: ast.stmt) -> list[str | None]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    inner = [one for one in node.body if isinstance(node, ast.ClassDef)]
    return [ast.get_docstring(node), *(text for one in inner for text in _docstring(one))]


def _numbers_in(todo: bytes) -> Iterator[int]:
    text = todo.decode("utf-8", "replace")
    begin = _WORD.match(text)
    word = re.escape(begin[1]) if begin is not None else "task"
    for first, joint, last in re.findall(rf"\b{word}s? (\d+)(?: (\w+) (\d+))?", text):
        yield int(first)
        if joint in _AND:
            yield int(last)
        elif joint:
            yield from range(int(first) + 1, int(last) + 1)


def _bound_by(node: ast.stmt) -> list[str]:
    """Return the names that a piece binds; an import is no piece."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [one.id for target in node.targets for one in ast.walk(target) if _is_bound_in(one)]  # type: ignore[attr-defined]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def _all_bound_by(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement at the top binds, imports and inner blocks included."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        return
    for one in ast.walk(node):
        yield from _named_by(one)


def _named_by(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node itself binds, wherever it stands."""
    if isinstance(node, ast.alias):
        yield (node.asname or node.name).split(".")[0]
    elif isinstance(node, ast.arg):
        yield node.arg
    elif _is_bound_in(node):
        yield node.id  # type: ignore[attr-defined]
    elif isinstance(name := getattr(node, "name", None), str):  # a function, what is caught
        yield name


def _is_bound_in(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
