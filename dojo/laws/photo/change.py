"""Compare two photographs of a value, and say in few words what has changed."""

from __future__ import annotations

import dataclasses
from typing import Any

_TEXT_LIMIT = 60


@dataclasses.dataclass(frozen=True)
class Change:
    """The first thing that differs.

    Attributes:
        place: Where, seen from the value: `['tenure_months']['mean']`; empty for the value itself.
        said: What, as the rest of a sentence: `was 32.4 and is 0.0`.
    """

    place: str
    said: str

    def within(self, place: str) -> Change:
        """Return the same change, seen from further out."""
        return Change(place + self.place, self.said)


@dataclasses.dataclass(frozen=True)
class Photo:
    """What a value held when it was photographed; each kind of content is a class of its own.

    Attributes:
        kind: The value's class.
        parts: Its contents.
    """

    kind: type
    parts: Any

    def change_to(self, after: Any) -> Change | None:
        """Compare these contents with later ones of the same class."""
        return None if self.parts == after else Change("", was_and_is(self.parts, after))

    @property
    def content(self) -> Any:
        """Return something to show."""
        return self.parts


def difference(before: Any, after: Any) -> Change | None:
    """Return the first difference between two photographs; None if there is none."""
    if not isinstance(before, Photo) or not isinstance(after, Photo):
        if before is after or (type(before) is type(after) and is_equal(before, after)):
            return None
        return Change("", was_and_is(before, after))
    if before.kind is not after.kind:
        return Change("", f"was a {before.kind.__name__} and is a {after.kind.__name__}")
    return before.change_to(after.parts)


def show(value: Any) -> str:
    """Write a value, or what a photograph shows, on one line, short."""
    return _shorten(_write(value))


def was_and_is(before: Any, after: Any) -> str:
    """Say what two values are; of long ones the part where they differ."""
    old, new = _write(before), _write(after)
    pairs = enumerate(zip(old, new, strict=False))
    same = next((place for place, (one, other) in pairs if one != other), 0)
    start = max(same - _TEXT_LIMIT // 2, 0) if max(len(old), len(new)) > _TEXT_LIMIT else 0
    old, new = (f"{'...' if start else ''}{text[start:]}" for text in (old, new))
    return f"was {_shorten(old)} and is {_shorten(new)}"


def plain(value: Any) -> Any:
    """Return what a photograph shows; anything else as it is."""
    return value.content if isinstance(value, Photo) else value


def is_equal(one: Any, other: Any) -> bool:
    """Say whether two values are equal, or both like NaN, which equals nothing."""
    try:
        return bool(one == other) or bool(one != one and other != other)
    except Exception:
        return False


def _write(value: Any) -> str:
    try:
        return " ".join(repr(plain(value)).split())
    except Exception:  # a class of the solution's own may not be able to say what it is
        return f"a {type(value).__name__}"


def _shorten(text: str) -> str:
    return text if len(text) <= _TEXT_LIMIT else f"{text[: _TEXT_LIMIT - 3]}..."
