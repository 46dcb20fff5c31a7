"""Photograph a value of any kind; tables are in `tables`."""

from __future__ import annotations

import dataclasses
import sys
from collections import deque
from collections.abc import Mapping
from typing import Any

from dojo.laws.photo.change import Change, Photo, difference, plain, show
from dojo.laws.photo.tables import Ordered, of_tables

_ATOMS = frozenset({bool, int, float, complex, str, bytes, type(None)})


def photograph(value: Any, around: tuple[int, ...] = ()) -> Any:
    """Keep what a value holds.

    Args:
        value: Anything. What has no content that can be seen (a file, a generator, an estimator, a
            lock) is kept as it is: whether it is another one can be told later, no more.
        around: The ids of the values that this one lies in, for those that hold themselves.

    Returns:
        Something to give to `difference`.
    """
    if type(value) in _ATOMS or id(value) in around:
        return value
    around = (*around, id(value))

    def of_part(part: Any) -> Any:
        return photograph(part, around)

    photo = of_tables(value, of_part)
    if photo is not None:
        return photo
    if isinstance(value, Mapping):
        return Keyed(type(value), [(key, of_part(value[key])) for key in list(value)])
    if isinstance(value, list | tuple | deque):
        return Ordered(type(value), [of_part(one) for one in value])
    if isinstance(value, set | bytearray):
        return Photo(type(value), value.copy())
    fields = _fields_of(value)
    if fields is not None:
        return Fields(type(value), [(name, of_part(one)) for name, one in fields])
    return value


class Keyed(Photo):
    """Of a mapping; its parts are pairs of key and photograph, in order."""

    def change_to(self, after: Any) -> Change | None:
        """Compare key by key, then the keys' order."""
        old, new = dict(self.parts), dict(after)
        for key in old:
            if key not in new:
                return Change("", f"has no {key!r} any more (it was {show(old[key])})")
            change = difference(old[key], new[key])
            if change:
                return change.within(f"[{key!r}]")
        for key in new:
            if key not in old:
                return Change("", f"has {key!r} now ({show(new[key])}), which it had not")
        if list(old) != list(new):
            return Change("", f"had its keys in the order {list(old)}, and has {list(new)}")
        return None

    @property
    def content(self) -> dict[Any, Any]:
        """Return a dict."""
        return {key: plain(one) for key, one in self.parts}


class Fields(Keyed):
    """Of an object; its parts are pairs of a field's name and photograph."""

    def change_to(self, after: Any) -> Change | None:
        """Compare field by field."""
        change = super().change_to(after)
        if change and change.place:
            name, _, rest = change.place[2:].partition("']")
            return Change(f".{name}{rest}", change.said)
        return change


def _fields_of(value: Any) -> list[tuple[str, Any]] | None:
    """Return the fields of a dataclass's or a pydantic model's instance; None for others."""
    if isinstance(value, type):
        return None
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return [(name, getattr(value, name)) for name in names if hasattr(value, name)]
    pydantic: Any = sys.modules.get("pydantic")
    if pydantic is not None and isinstance(value, pydantic.BaseModel):
        # Its declared fields: what Dagster's resources remember on the side is their own affair.
        names = [*type(value).model_fields, *(value.model_extra or ())]
        return [(name, getattr(value, name, None)) for name in names]
    return None
