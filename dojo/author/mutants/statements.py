"""What may be changed in a statement: left out, the other branch, another default, a handler."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dojo.author.mutants.expressions import changed_constants, negated
from dojo.author.mutants.text import NOTHING, Change, Source, on_one_line

Function = ast.FunctionDef | ast.AsyncFunctionDef
_JUMPS = ast.Break | ast.Continue | ast.Raise | ast.Delete | ast.Assert | ast.AugAssign


def changes_of(
    node: ast.stmt, source: Source, *, known: set[str], goes_on: bool, of_class: bool
) -> Iterator[Change]:
    """Yield what may be changed in one statement, what is inside its parts left out.

    Args:
        node: The statement.
        source: Where it stands.
        known: The names that have a value before it: it may be left out and they have that.
        goes_on: Whether its function does more after it: a `return` may be left out.
        of_class: Whether it is one of a class body.
    """
    if _may_be_left_out(node, known, goes_on, of_class):
        yield source.replace("statement", node, "pass")._replace(after=NOTHING)
    if isinstance(node, ast.If):
        yield from negated(node.test, source)
    elif isinstance(node, ast.With | ast.AsyncWith):
        yield from _contexts(node, source)
    elif isinstance(node, ast.Try):
        yield from _handlers(node, source)
    elif isinstance(node, Function):
        yield from _defaults(node, source)
    if of_class and isinstance(node, ast.AnnAssign) and node.value is not None:
        change = source.replace_span(
            "default", source.end(node.annotation), source.end(node.value), ""
        )
        yield change._replace(before=on_one_line(source.of(node)))


def left_out_decorators(node: Function | ast.ClassDef, source: Source) -> Iterator[Change]:
    """Leave out one decorator, whole."""
    for decorator in node.decorator_list:
        start = source.content.rfind(b"@", 0, source.start(decorator))
        yield source.replace_span("decorator", start, source.end(decorator), "")


def _may_be_left_out(node: ast.stmt, known: set[str], goes_on: bool, of_class: bool) -> bool:
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Return):
        return goes_on
    if isinstance(node, ast.Assign):
        if of_class:
            return True
        names = [one for one in node.targets if isinstance(one, ast.Name | ast.Tuple)]
        return not names or {ast.unparse(one) for one in names} <= known
    return isinstance(node, _JUMPS)


def _contexts(node: ast.With | ast.AsyncWith, source: Source) -> Iterator[Change]:
    """Leave out one context that nobody has a name for."""
    texts = [
        source.of(one.context_expr)
        + (f" as {source.of(one.optional_vars)}" if one.optional_vars else "")
        for one in node.items
    ]
    start, end = source.start(node), source.start(node.body[0])
    colon = source.content.rfind(b":", start, end)
    word = "async with " if isinstance(node, ast.AsyncWith) else "with "
    for index, one in enumerate(node.items):
        if one.optional_vars is None:
            left = ", ".join(texts[:index] + texts[index + 1 :])
            text = f"{word}{left}" if left else "if True"
            change = source.replace_span("context", start, colon, text)
            yield change._replace(before=on_one_line(texts[index]), after=NOTHING)


def _handlers(node: ast.Try, source: Source) -> Iterator[Change]:
    """Have a handler take every exception."""
    for handler in node.handlers:
        caught = handler.type
        if caught is not None and ast.unparse(caught) not in ("Exception", "BaseException"):
            change = source.replace("handler", caught, "Exception")
            yield change._replace(before=f"except {change.before}")


def _defaults(node: Function, source: Source) -> Iterator[Change]:
    """Give an argument another default; none where that is written as easily."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    first = len(positional) - len(arguments.defaults)
    pairs: list[tuple[ast.arg, ast.expr, bool]] = [
        (positional[first + index], default, index == 0)
        for index, default in enumerate(arguments.defaults)
    ]
    for argument, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if value is not None:
            pairs.append((argument, value, True))
    for argument, default, may_go in pairs:
        shown = f"{argument.arg}={on_one_line(source.of(default))}"
        if isinstance(default, ast.Constant) and default.value is not None:
            for change in changed_constants(default, source, quiet=False):
                yield change._replace(operator="default", before=shown)
        elif not isinstance(default, ast.Constant):
            yield source.replace("default", default, "None")._replace(before=shown)
        if may_go:
            change = source.replace_span("default", source.end(argument), source.end(default), "")
            yield change._replace(before=shown)
