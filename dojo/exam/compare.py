"""Compare evidence: what was noted of a submission with what was noted of the reference."""

from __future__ import annotations

import json
import math
from typing import Any

from dojo.exam.marks import Difference

_LONGEST_SHOWN = 300
_MOST_DIFFERENCES = 50


def compare(seen: dict[str, Any], expected: dict[str, Any]) -> tuple[Difference, ...]:
    """Compare what was noted of a submission with what was noted of the reference.

    Returns:
        The first differences, in the order in which the reference's was noted; enough of them.
    """
    differences: list[Difference] = []
    for what in [*expected, *(one for one in seen if one not in expected)]:
        if len(differences) == _MOST_DIFFERENCES:
            break
        if what not in seen or what not in expected or not is_same(seen[what], expected[what]):
            differences.append(
                Difference(
                    what=what,
                    seen=_shown(seen.get(what, "nothing")),
                    expected=_shown(expected.get(what, "nothing")),
                )
            )
    return tuple(differences)


def is_same(seen: Any, expected: Any, within: float = 1e-9) -> bool:
    """Say whether two pieces of evidence are the same.

    Types must be the same, floats nearly equal; a number of numpy's is the number that it holds.
    """
    seen, expected = _number_of(seen), _number_of(expected)
    if type(seen) is not type(expected):
        return False
    if isinstance(expected, float):
        both_nan = math.isnan(seen) and math.isnan(expected)
        return both_nan or math.isclose(seen, expected, rel_tol=1e-6, abs_tol=within)
    if isinstance(expected, dict):
        if expected.keys() == {"within", "value"}:
            within = float(expected["within"])
        return seen.keys() == expected.keys() and all(
            is_same(seen[key], value, within) for key, value in expected.items()
        )
    if isinstance(expected, (list, tuple)):
        return len(seen) == len(expected) and all(
            is_same(one, other, within) for one, other in zip(seen, expected, strict=True)
        )
    return bool(seen == expected)


def _number_of(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"numpy"}:
        inner = value["numpy"]
        return inner if type(inner) in (int, float, bool) else value
    return value


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 4] + " ..."
