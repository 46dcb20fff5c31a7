"""What may be changed in an expression: constants, comparisons, arguments, and what joins them."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable, Iterator

from dojo.author.mutants.text import NOTHING, Change, Source, bracketed, on_one_line, quoted

_COMPARED: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}
_COMPUTED: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: ("/", "*"),
    ast.Pow: (r"\*\*", "*"),
    ast.BitOr: (r"\|", "&"),
    ast.BitAnd: ("&", "|"),
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
# Without its last argument each of these only ever fails.
_NEED_ALL = {"isinstance", "issubclass", "hasattr", "setattr", "cast", "map", "filter"}
# On a machine of today, with lists that go together, these change nothing.
NOBODY_SEES = {"encoding", "strict"}
_NUMBERS_ONLY = re.compile(r"[\d\s*/:,.T-]*\d[\d\s*/:,.T-]*")
_TEXTS = (ast.JoinedStr, ast.List, ast.ListComp)


def changes_of(node: ast.expr, source: Source, *, quiet: bool) -> Iterator[Change]:
    """Yield what may be changed in one expression, what is inside its parts left out.

    Args:
        node: The expression.
        source: Where it stands.
        quiet: Whether it words a message: what a text says there is nobody's to see.
    """
    if isinstance(node, ast.Constant):
        yield from changed_constants(node, source, quiet=quiet)
    elif isinstance(node, ast.JoinedStr):
        yield from _texts(node, source, quiet=quiet)
    elif (operators := _OF.get(type(node))) is not None:
        for operator in operators:
            yield from operator(node, source)


def changed_constants(node: ast.Constant, source: Source, *, quiet: bool) -> Iterator[Change]:
    """Yield a constant's neighbours: both of a whole number, the other of a truth value."""
    value = node.value
    others: list[str] = []
    if isinstance(value, bool):
        others = [str(not value)]
    elif isinstance(value, int):
        others = [str(value + 1)] + ([str(value - 1)] if value > 0 else [])
    elif isinstance(value, float):
        others = [repr(value * 2 or 1.0)]
    elif isinstance(value, str) and not quiet:
        others = [quoted(other) for other in _other_texts(value)]
    for other in others:
        yield source.replace("constant", node, other)


def _other_texts(text: str) -> list[str]:
    """Return what may stand for a text: of a date or a cron line, each of its numbers changed."""
    if not _NUMBERS_ONLY.fullmatch(text):
        return [f"XX{text}"]
    return [
        f"{text[: one.start()]}{int(one[0]) + 1:0{len(one[0])}}{text[one.end() :]}"
        for one in re.finditer(r"\d+", text)
    ]


def _texts(node: ast.JoinedStr, source: Source, *, quiet: bool) -> Iterator[Change]:
    """Leave out one value of an f-string, or have its first words be others.

    Of a message all values at once: a page may promise that it names something, seldom each.
    """
    values = [index for index, one in enumerate(node.values) if isinstance(one, ast.FormattedValue)]
    for indices in [values] if quiet else [[index] for index in values]:
        if indices:
            left = [one for index, one in enumerate(node.values) if index not in indices]
            parts = [node.values[index] for index in indices]
            # Not the whole, which is printed in other quotes by another Python.
            shown = [f"{{{ast.unparse(part.value)}}}" for part in parts]  # type: ignore[attr-defined]
            yield from _retold(node, left, (" ".join(shown), NOTHING), source)
    words = [one for one in node.values if isinstance(one, ast.Constant)]
    if words and not quiet:
        text = ast.literal_eval(words[0])
        parts = list(node.values)
        parts.insert(parts.index(words[0]), ast.Constant("XX"))
        yield from _retold(node, parts, (quoted(text), quoted(f"XX{text}")), source)


def _retold(
    node: ast.JoinedStr, parts: list[ast.expr], shown: tuple[str, str], source: Source
) -> Iterator[Change]:
    """Make an f-string of other parts."""
    with contextlib.suppress(ValueError):  # before Python 3.12 not every one can be written
        change = source.replace("text", node, ast.unparse(ast.JoinedStr(parts)))
        yield change._replace(before=on_one_line(shown[0]), after=on_one_line(shown[1]))


def _compare(node: ast.Compare, source: Source) -> Iterator[Change]:
    sides = [node.left, *node.comparators]
    for index, operator in enumerate(node.ops):
        known, other = _COMPARED[type(operator)]
        change = _between("comparison", sides[index], sides[index + 1], known, other, source)
        if change is not None:
            yield _shown(change, source.of(node))


def _boolean(node: ast.BoolOp, source: Source) -> Iterator[Change]:
    parts = [bracketed(source, part) for part in node.values]
    other = " or " if isinstance(node.op, ast.And) else " and "
    yield source.replace("boolean", node, f"({other.join(parts)})")
    word = " and " if isinstance(node.op, ast.And) else " or "
    for index, part in enumerate(node.values):
        left = word.join(parts[:index] + parts[index + 1 :])
        change = source.replace("boolean", node, f"({left})")
        yield change._replace(before=on_one_line(source.of(part)), after=NOTHING)


def _unary(node: ast.UnaryOp, source: Source) -> Iterator[Change]:
    if isinstance(node.op, ast.Not | ast.Invert):
        yield source.replace("negation", node, bracketed(source, node.operand))


def _computed(node: ast.BinOp, source: Source) -> Iterator[Change]:
    known = _COMPUTED.get(type(node.op))
    sides = (node.left, node.right)
    if known is None or any(isinstance(one, _TEXTS) or _is_text(one) for one in sides):
        return
    change = _between("arithmetic", node.left, node.right, *known, source)
    if change is not None:
        yield _shown(change, source.of(node))


def _call(node: ast.Call, source: Source) -> Iterator[Change]:
    name = ast.unparse(node.func).rpartition(".")[2]
    if isinstance(node.func, ast.Name) and (other := _CALLED.get(name)):
        yield source.replace("call", node.func, other)
    arguments: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    count = len(node.args)
    for index, argument in enumerate(arguments):
        if isinstance(argument, ast.keyword):
            # Of a truth value the other one is asked for; None is what most defaults are.
            if _is_plain(argument.value) or argument.arg in NOBODY_SEES:
                continue
        elif not isinstance(argument, ast.Starred):
            is_last = index == count - 1 and count > 1
            if not is_last or name in _NEED_ALL or count <= source.needed_by(node.func):
                continue
        yield _without(node, arguments, index, source)


def _without(
    node: ast.Call, arguments: list[ast.expr | ast.keyword], index: int, source: Source
) -> Change:
    left = ", ".join(source.of(one) for one in (*arguments[:index], *arguments[index + 1 :]))
    start, end = source.end(node.func), source.end(node)
    change = source.replace_span("argument", start, end, f"({left})")
    before = f"{ast.unparse(node.func)}({source.of(arguments[index])})"
    return change._replace(before=on_one_line(before), after=NOTHING)


def _elements(node: ast.List | ast.Tuple | ast.Set, source: Source) -> Iterator[Change]:
    """Leave out an element; a text among them is changed as a constant."""
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return
    if isinstance(node, ast.Tuple | ast.Set) and len(node.elts) < 2:
        return
    signs = {ast.List: "[]", ast.Set: "{}", ast.Tuple: "()"}[type(node)]
    texts = [source.of(one) for one in node.elts]
    for index, one in enumerate(node.elts):
        if _is_text(one):
            continue
        left = ", ".join(texts[:index] + texts[index + 1 :])
        if isinstance(node, ast.Tuple) and len(texts) == 2:
            left += ","
        change = source.replace("element", node, f"{signs[0]}{left}{signs[1]}")
        yield change._replace(before=on_one_line(texts[index]), after=NOTHING)


def _entries(node: ast.Dict, source: Source) -> Iterator[Change]:
    """Leave out an entry; a text that is its key is changed as a constant."""
    texts = [
        f"**{source.of(value)}" if key is None else f"{source.of(key)}: {source.of(value)}"
        for key, value in zip(node.keys, node.values, strict=True)
    ]
    for index, key in enumerate(node.keys):
        if key is None or not _is_text(key):
            left = ", ".join(texts[:index] + texts[index + 1 :])
            change = source.replace("element", node, "{" + left + "}")
            yield change._replace(before=on_one_line(texts[index]), after=NOTHING)


def _slices(node: ast.Slice, source: Source) -> Iterator[Change]:
    for bound in (node.lower, node.upper):
        if bound is not None:
            change = source.replace("slice", bound, "")
            whole = on_one_line(source.of(node))
            yield change._replace(before=f"[{whole}]", after=f"no {change.before}")


def _chosen(node: ast.IfExp, source: Source) -> Iterator[Change]:
    yield from negated(node.test, source)


def _comprehended(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, source: Source
) -> Iterator[Change]:
    for generator in node.generators:
        for condition in generator.ifs:
            yield source.replace("branch", condition, "True")


def _awaited(node: ast.Await, source: Source) -> Iterator[Change]:
    yield source.replace("await", node, source.of(node.value))


def negated(test: ast.expr, source: Source) -> Iterator[Change]:
    """Yield the other branch, where no other operator already takes it."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        opposite = ast.Eq | ast.NotEq | ast.Is | ast.IsNot | ast.In | ast.NotIn
        if isinstance(test.ops[0], opposite):
            return
    yield source.replace("branch", test, f"(not {bracketed(source, test)})")


def _between(
    operator: str, left: ast.expr, right: ast.expr, known: str, other: str, source: Source
) -> Change | None:
    """Change the sign between two expressions; None where a remark stands there too."""
    start, end = source.end(left), source.start(right)
    found = re.search(known, text := source.between(start, end))
    if found is None or "#" in text:
        return None
    where = start + len(text[: found.start()].encode())
    return source.replace_span(operator, where, where + len(found[0].encode()), other)


def _shown(change: Change, whole: str) -> Change:
    """Show the expression around a sign."""
    return change._replace(before=f"{change.before} of {on_one_line(whole)}")


def _is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


_OF: dict[type[ast.expr], list[Callable[..., Iterator[Change]]]] = {
    ast.Compare: [_compare],
    ast.BoolOp: [_boolean],
    ast.UnaryOp: [_unary],
    ast.BinOp: [_computed],
    ast.Call: [_call],
    ast.List: [_elements],
    ast.Tuple: [_elements],
    ast.Set: [_elements],
    ast.Dict: [_entries],
    ast.Slice: [_slices],
    ast.IfExp: [_chosen],
    ast.ListComp: [_comprehended],
    ast.SetComp: [_comprehended],
    ast.DictComp: [_comprehended],
    ast.GeneratorExp: [_comprehended],
    ast.Await: [_awaited],
}
