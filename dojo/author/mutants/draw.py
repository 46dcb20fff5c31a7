"""Draw some of many mutants: all functions, all operators, and the same ones tomorrow."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Collection, Iterable

from dojo.author.mutants.making import Mutant

_SEED = "mutants"


def draw(mutants: list[Mutant], most: int, wanted: Collection[str] = ()) -> list[Mutant]:
    """Draw mutants, spread over functions and operators.

    A mutant's place in the draw hangs on its id alone, so that an edit of one function leaves
    most of what is drawn of the others.

    Args:
        mutants: All there are.
        most: How many to draw; 0 for all. More come where there are more scopes and operators, or
            more wanted ones.
        wanted: The ids of those that are drawn in any case.

    Returns:
        The drawn ones, in the order in which they came.
    """
    if not most or len(mutants) <= most:
        return mutants
    shuffled = sorted(mutants, key=_rank)
    drawn = {one.id for one in mutants if one.id in wanted}
    for kind in (_scope, _operator):
        seen = {kind(one) for one in mutants if one.id in drawn}
        for one in shuffled:
            if kind(one) not in seen:
                seen.add(kind(one))
                drawn.add(one.id)
    by_scope = [_in_turn(group, _operator) for group in _groups(shuffled, _scope)]
    for one in _take_turns(by_scope):
        if len(drawn) >= most:
            break
        drawn.add(one.id)
    return [one for one in mutants if one.id in drawn]


def _rank(mutant: Mutant) -> str:
    return hashlib.sha256(f"{_SEED}/{mutant.id}".encode()).hexdigest()


def _scope(mutant: Mutant) -> str:
    return mutant.scope


def _operator(mutant: Mutant) -> str:
    return mutant.operator


def _groups(mutants: list[Mutant], kind: Callable[[Mutant], str]) -> list[list[Mutant]]:
    ordered = sorted(mutants, key=kind)  # within a group they stay in their order
    return [list(group) for _, group in itertools.groupby(ordered, kind)]


def _in_turn(mutants: list[Mutant], kind: Callable[[Mutant], str]) -> list[Mutant]:
    return list(_take_turns(_groups(mutants, kind)))


def _take_turns(groups: Iterable[list[Mutant]]) -> Iterable[Mutant]:
    """Yield the first of each, then the second of each, and so on."""
    for row in itertools.zip_longest(*groups):
        yield from (one for one in row if one is not None)
