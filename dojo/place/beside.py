"""Set a learner's file beside the reference: what differs, function by function."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator

from dojo.catalog.progress import plain_text
from dojo.place.pieces import Source, Unreadable

_AROUND = 3


def differences(mine: bytes, reference: bytes, asked: bytes, name: str) -> Iterator[list[str]]:
    """Yield the lines of a unified diff for each function that differs, in the reference's order.

    Args:
        mine: The learner's file.
        reference: The reference's; what only shows it at work is left out.
        asked: The stub.
        name: What the file is called.
    """
    mine, reference = plain_text(mine), plain_text(reference)
    try:
        one, other, stub = Source(mine, name), Source(reference, name), Source(asked, name)
    except Unreadable:
        if found := _diff(mine, reference, name):
            yield found
        return
    if found := _diff(_imports(one), _imports(other), "imports"):
        yield found
    used = _used(other, [*stub.pieces, *one.pieces])
    named = [*(called for called in other.pieces if called in used), *one.pieces]
    for called in dict.fromkeys(named):
        texts = one.text_called(called), other.text_called(called)
        if found := _diff(texts[0] or b"", texts[1] or b"", called):
            yield found


def _used(source: Source, names: list[str]) -> set[str]:
    """Return the names of a file's pieces that these need, themselves included."""
    found: set[str] = set()
    waiting = [name for name in names if name in source.pieces]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            inside = ast.walk(source.pieces[name].node)
            used = {node.id for node in inside if isinstance(node, ast.Name)}
            waiting += used & source.pieces.keys()
    return found


def _diff(mine: bytes, reference: bytes, what: str) -> list[str]:
    one, other = (text.decode(errors="replace").splitlines() for text in (mine, reference))
    names = f"{what} (yours)", f"{what} (reference)"
    return list(difflib.unified_diff(one, other, *names, lineterm="", n=_AROUND))


def _imports(source: Source) -> bytes:
    nodes = [one for one in source.tree.body if isinstance(one, ast.Import | ast.ImportFrom)]
    lines = [source.lines[node.lineno - 1 : node.end_lineno] for node in nodes]
    return b"".join(line for part in lines for line in part)
