"""Read what a process said that nobody trusts: JSON of bounded size, finite numbers, valid text.

Every line on which a solution, or what it has changed, can say something is read here. What comes
back can be stored, compared and printed without a further look; who reads it checks its shape.
"""

from __future__ import annotations

import collections
import json
import math
import sys
from typing import Any, NoReturn

from pydantic import ValidationError

MOST_PARTS = 500_000
DEEPEST = 200
# An empty list costs three bytes of the text and sixty of the memory: it is counted before.
_MOST_SIGNS = 1_000_000
_BIGGEST = 1 << 256  # the text of a larger one takes time, and Python refuses the largest
# In a set a number is compared with all before that have its hash; a smaller one has its own.
_OWN_HASH = sys.hash_info.modulus
_MOST_OF_ONE_HASH = 64


def read_json(data: str | bytes) -> Any:
    """Read JSON that anybody can have written.

    Args:
        data: What was received.

    Returns:
        Its value; text in it as `valid_text` returns it.

    Raises:
        ValueError: It is no JSON; it has a number that is none or is too large, too many parts, or
            one inside the other too deeply.
    """
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if not isinstance(data, bytes):
        raise ValueError("it is no text")
    if sum(data.count(one) for one in (b",", b"[", b"{")) > _MOST_SIGNS:
        raise ValueError("it has too many parts")
    try:
        value = json.loads(data, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return _Checked().value(value, 0)


def valid_text(text: str) -> str:
    r"""Return text that UTF-8 can write: a lone surrogate is written as `\udce9`.

    Such come from names of files in another encoding, and from whoever wants to break a record.
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def first_fault(error: ValidationError) -> str:
    """Say in one line where what was said is not as it must be; the value is not repeated."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place[:100]}: {first['msg'][:200]}"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


class _Checked:
    """What was said, looked at part by part."""

    def __init__(self) -> None:
        self._parts = 0
        self._hashes: collections.Counter[int] = collections.Counter()

    def value(self, value: Any, depth: int) -> Any:
        """Return a part with all that is in it."""
        self._parts += 1
        if depth > DEEPEST:
            raise ValueError("it is nested too deeply")
        if self._parts > MOST_PARTS:
            raise ValueError("it has too many parts")
        if isinstance(value, str):
            return valid_text(value)
        if isinstance(value, list):
            return [self.value(one, depth + 1) for one in value]
        if isinstance(value, dict):
            return {valid_text(key): self.value(one, depth + 1) for key, one in value.items()}
        if isinstance(value, float) and not math.isfinite(value):  # JSON's 1e999
            raise ValueError("a number is too large")
        if isinstance(value, int) and abs(value) >= _OWN_HASH:
            self._look_at(value)
        return value

    def _look_at(self, number: int) -> None:
        if abs(number) >= _BIGGEST:
            raise ValueError("a number is too large")
        self._hashes[hash(number)] += 1
        if self._hashes[hash(number)] > _MOST_OF_ONE_HASH:
            raise ValueError("too many of its numbers have one hash")
