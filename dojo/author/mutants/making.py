"""Make the mutants of a reference: each of its own id, none that is the reference once more."""

from __future__ import annotations

import ast
import collections
import dataclasses
import hashlib
from collections.abc import Iterable, Iterator

from dojo.author.mutants import expressions, statements
from dojo.author.mutants.scope import dump_of, given_members, names_bound, written
from dojo.author.mutants.statements import Function
from dojo.author.mutants.text import NOTHING, Change, Source
from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import Kata

_LONGEST_SIDE = 70
_LOGS = {"log", "logger", "logging", "print", "warn", "warnings"}


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A reference with one change.

    Attributes:
        id: What it is called: it stays the same whatever changes elsewhere in the file.
        scope: The function, class or name that the change is in; `@` before it: its decorators.
        operator: What kind of change it is.
        diff: The line as it is, and as it became.
        content: The whole file.
    """

    id: str
    scope: str
    operator: str
    diff: str
    content: bytes


@dataclasses.dataclass(frozen=True)
class _Place:
    """Where a node stands: the scope, what has a value there, how what is said there counts."""

    scope: str
    known: frozenset[str] = frozenset()
    goes_on: bool = False
    quiet: bool = False


def mutants_of(kata: Kata) -> list[Mutant]:
    """Return all mutants of a kata's reference, in the order of its lines.

    Raises:
        OSError: A file of the kata is missing.
        SyntaxError: Stub or reference is not Python.
    """
    source = Source(kata.reference_file.read_bytes(), str(kata.reference_file))
    stub = ast.parse(handed_out(kata.stub_file), str(kata.stub_file))
    files = (kata.test_file, kata.exam_file, kata.inside_file)
    readers = "\n".join(one.read_text("utf-8") for one in files if one.exists())
    return list(_made(source, stub, readers, kata.reference_file.name))


def _made(source: Source, stub: ast.Module, readers: str, name: str) -> Iterator[Mutant]:
    walk = _Walk(source, stub)
    found = [one for node in written(source.tree, stub, readers) for one in walk.top(node)]
    seen = {ast.dump(source.tree)}
    counted: collections.Counter[str] = collections.Counter()
    for scope, change in sorted(found, key=lambda one: one[1].start):
        content = source.changed(change)
        try:
            tree = ast.dump(ast.parse(content))
            compile(content, name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue  # a `break` where there is no loop, say
        if tree in seen:
            continue
        seen.add(tree)
        spelt = f"{scope}: {change.operator}: {_short(change.before)} -> {_short(change.after)}"
        counted[spelt] += 1
        number = f" #{counted[spelt]}" if counted[spelt] > 1 else ""
        old, new = source.lines(change)
        diff = f"{name}:{source.line_of(change.start)}: - {old} + {new or NOTHING}"
        yield Mutant(spelt + number, scope, change.operator, diff, content)


class _Walk:
    """Goes through a reference's tree, and asks the operators at each node."""

    def __init__(self, source: Source, stub: ast.Module) -> None:
        self._source = source
        self._stub = stub

    def top(self, node: ast.stmt) -> Iterator[tuple[str, Change]]:
        """Yield scope and change of all that may be changed in a statement at the top."""
        scope = next(iter(sorted(names_bound(node))), "module")
        given: set[str] = set()
        if isinstance(node, ast.ClassDef):
            given = given_members(node, self._stub)
        yield from self._statement(node, _Place(scope), given=given)

    def _body(
        self, body: list[ast.stmt], place: _Place, *, of_class: bool = False, given: Iterable[str]
    ) -> Iterator[tuple[str, Change]]:
        known = set(place.known)
        for index, node in enumerate(body):
            is_last = index == len(body) - 1
            here = dataclasses.replace(
                place, known=frozenset(known), goes_on=place.goes_on or not is_last
            )
            if not given or dump_of(node) not in given:
                yield from self._statement(node, here, of_class=of_class)
            known |= names_bound(node)

    def _statement(
        self,
        node: ast.stmt,
        place: _Place,
        *,
        of_class: bool = False,
        given: Iterable[str] = (),
    ) -> Iterator[tuple[str, Change]]:
        if isinstance(node, Function | ast.ClassDef):
            yield from self._definition(node, place, nested=of_class, given=given)
            return
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # a docstring
        is_at_top = place == _Place(place.scope)
        known = set(place.known)
        if not is_at_top or isinstance(node, ast.Expr):
            changes = statements.changes_of(
                node, self._source, known=known, goes_on=place.goes_on, of_class=of_class
            )
            yield from ((place.scope, change) for change in changes)
        quiet = isinstance(node, ast.Raise | ast.Assert)
        inside = dataclasses.replace(place, quiet=place.quiet or quiet)
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            inside = dataclasses.replace(inside, goes_on=True)
        annotation = node.annotation if isinstance(node, ast.AnnAssign) else None
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                yield from self._expression(value, inside, annotates=value is annotation)
            elif isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                # What is in `finally` and `else` follows the body.
                follows = place.goes_on or (field in ("body", "handlers") and _has_more(node))
                deeper = dataclasses.replace(inside, goes_on=inside.goes_on or follows)
                yield from self._body(value, deeper, given=())
            elif isinstance(value, list):
                for part in value:
                    yield from self._part(part, inside)

    def _part(self, part: object, place: _Place) -> Iterator[tuple[str, Change]]:
        """Go into what is no statement of its own: a handler, a context, a case, a target."""
        if isinstance(part, ast.expr):
            yield from self._expression(part, place)
        elif isinstance(part, ast.withitem):
            yield from self._expression(part.context_expr, place)
        elif isinstance(part, ast.ExceptHandler):
            if part.type is not None:
                yield from self._expression(part.type, place)
            yield from self._body(part.body, place, given=())
        elif isinstance(part, ast.match_case):
            yield from self._body(part.body, place, given=())

    def _definition(
        self, node: Function | ast.ClassDef, place: _Place, *, nested: bool, given: Iterable[str]
    ) -> Iterator[tuple[str, Change]]:
        is_at_top = place.scope == node.name and not nested
        scope = node.name if is_at_top else f"{place.scope}.{node.name}"
        decorated = _Place(f"@{scope}")
        for change in statements.left_out_decorators(node, self._source):
            yield decorated.scope, change
        for decorator in node.decorator_list:
            yield from self._expression(decorator, decorated)
        if isinstance(node, ast.ClassDef):
            for keyword in node.keywords:
                yield from self._expression(keyword.value, _Place(scope))
            inside = _Place(scope, known=frozenset({"self"}))
            yield from self._body(node.body, inside, of_class=True, given=given)
            return
        changes = statements.changes_of(
            node, self._source, known=set(), goes_on=False, of_class=False
        )
        yield from ((scope, change) for change in changes)
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for annotation in (node.returns, *(one.annotation for one in every)):
            if annotation is not None:
                yield from self._expression(annotation, _Place(scope), annotates=True)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None and not isinstance(default, ast.Constant):
                yield from self._expression(default, _Place(scope))
        names = frozenset(one.arg for one in every) or frozenset({"self"})
        yield from self._body(node.body, _Place(scope, known=names), given=())

    def _expression(
        self, node: ast.expr, place: _Place, *, annotates: bool = False
    ) -> Iterator[tuple[str, Change]]:
        """Go into an expression; of an annotation only what is called there counts."""
        annotates = annotates and not isinstance(node, ast.Call)
        if not annotates:
            changes = expressions.changes_of(node, self._source, quiet=place.quiet)
            yield from ((place.scope, change) for change in changes)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name | ast.Attribute) and _is_log(node.func):
                place = dataclasses.replace(place, quiet=True)
            for keyword in node.keywords:
                if keyword.arg in expressions.NOBODY_SEES:
                    continue
                for scope, change in self._expression(keyword.value, place):
                    yield scope, _named(change, keyword, self._source)
            for one in (node.func, *node.args):
                yield from self._expression(one, place)
            return
        if isinstance(node, ast.Lambda):
            yield from self._expression(node.body, place)
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.comprehension):
                for part in (child.iter, *child.ifs):
                    yield from self._expression(part, place)
            elif isinstance(child, ast.expr) and not isinstance(node, ast.JoinedStr):
                yield from self._expression(child, place, annotates=annotates)


def _named(change: Change, keyword: ast.keyword, source: Source) -> Change:
    """Show the argument's name with what is its whole value."""
    is_whole = change.start == source.start(keyword.value) and change.end == source.end(
        keyword.value
    )
    if not is_whole or not keyword.arg or change.operator not in ("constant", "text"):
        return change
    both = (change.before, change.after)
    before, after = (one if one == NOTHING else f"{keyword.arg}={one}" for one in both)
    return change._replace(before=before, after=after)


def _is_log(function: ast.expr) -> bool:
    first = ast.unparse(function).replace("(", ".").split(".", 1)[0].lstrip("_").lower()
    return first in _LOGS or first.endswith("logger")


def _has_more(node: ast.stmt) -> bool:
    return bool(getattr(node, "finalbody", None))


def _short(text: str) -> str:
    """Return a side of a change, a long one as its beginning and a digest of the whole."""
    if len(text) <= _LONGEST_SIDE:
        return text
    return f"{text[: _LONGEST_SIDE - 10]}...{hashlib.sha256(text.encode()).hexdigest()[:6]}"
