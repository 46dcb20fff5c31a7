"""A reference's source, and what an operator would change in it: one span of its bytes."""

from __future__ import annotations

import ast
from typing import NamedTuple

NOTHING = "nothing"
_LONGEST_LINE = 80
_BEFORE = 40
_AFTER = 15


class Change(NamedTuple):
    """One span that something else takes the place of.

    Attributes:
        operator: What kind of change it is.
        start: The first byte.
        end: The byte after the last one.
        text: What stands there instead.
        before: What is changed, as an author reads it.
        after: What it becomes.
    """

    operator: str
    start: int
    end: int
    text: str
    before: str
    after: str


class Source:
    """The text of a file, by the nodes of its tree."""

    def __init__(self, content: bytes, name: str = "<source>") -> None:
        """Parse it.

        Raises:
            SyntaxError: It is not Python.
        """
        self.content = content
        self.tree = ast.parse(content, name)
        self._starts = [0]
        for line in content.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._needed = {
            node.name: len(node.args.posonlyargs + node.args.args) - len(node.args.defaults)
            for node in self.tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }

    def needed_by(self, function: ast.expr) -> int:
        """Return how many arguments a function of this file needs; 0 of any other."""
        return self._needed.get(function.id, 0) if isinstance(function, ast.Name) else 0

    def start(self, node: ast.AST) -> int:
        """Return a node's first byte."""
        return self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined,no-any-return]

    def end(self, node: ast.AST) -> int:
        """Return the byte after a node's last one."""
        return self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined,no-any-return]

    def of(self, node: ast.AST) -> str:
        """Return a node's own text."""
        return self.between(self.start(node), self.end(node))

    def between(self, start: int, end: int) -> str:
        """Return the text of a span."""
        return self.content[start:end].decode()

    def line_of(self, start: int) -> int:
        """Return the number of the line, from 1, that a byte is in."""
        return self.content.count(b"\n", 0, start) + 1

    def changed(self, change: Change) -> bytes:
        """Return the whole file with a change."""
        return self.content[: change.start] + change.text.encode() + self.content[change.end :]

    def lines(self, change: Change) -> tuple[str, str]:
        """Return the lines that a change is in, as they are and as they become, each as one.

        Of long ones what is around the change is left.
        """
        start = self.content.rfind(b"\n", 0, change.start) + 1
        end = self.content.find(b"\n", change.end)
        end = len(self.content) if end < 0 else end
        before = self.between(start, change.start)
        after = self.between(change.end, end)
        old = on_one_line(self.between(start, end))
        new = on_one_line(f"{before}{change.text}{after}")
        return _around_the_change(old, new)

    def replace(self, operator: str, node: ast.AST, text: str) -> Change:
        """Change a whole node."""
        return self.replace_span(operator, self.start(node), self.end(node), text)

    def replace_span(self, operator: str, start: int, end: int, text: str) -> Change:
        """Change a span."""
        before = on_one_line(self.between(start, end))
        return Change(operator, start, end, text, before, on_one_line(text) or NOTHING)


def _around_the_change(old: str, new: str) -> tuple[str, str]:
    """Return two long lines without most of what they have in common."""
    if max(len(old), len(new)) <= _LONGEST_LINE:
        return old, new
    same = _same_begin(old, new)
    begin = max(same - _BEFORE, 0)
    end = max(_same_begin(old[same:][::-1], new[same:][::-1]) - _AFTER, 0)
    sides = (f"...{one[begin:]}" if begin else one for one in (old, new))
    first, second = (f"{one[: len(one) - end]}..." if end else one for one in sides)
    return first, second


def _same_begin(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def on_one_line(text: str) -> str:
    """Return a text with each run of blanks as one."""
    return " ".join(text.split())


def bracketed(source: Source, node: ast.expr) -> str:
    """Return an expression's text, in brackets where it needs them beside anything else."""
    text = source.of(node)
    if isinstance(node, ast.Name | ast.Call | ast.Attribute | ast.Subscript | ast.Constant):
        return text
    return f"({text})"


def quoted(text: str) -> str:
    """Return the literal of a text, in double quotes where they do."""
    literal = repr(text)
    if literal.startswith("'") and '"' not in literal and "\\" not in literal:
        return f'"{literal[1:-1]}"'
    return literal
