"""Keep what a value holds, however deep, and say afterwards what in it has changed."""

from __future__ import annotations

import dataclasses
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_TEXT_LIMIT = 60
_ATOMS = frozenset({bool, int, float, complex, str, bytes, type(None)})


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
    """What a value held when it was photographed.

    Attributes:
        kind: Its class.
        parts: Its contents; what that is depends on `differ`.
        differ: Compares two contents of the same class.
    """

    kind: type
    parts: Any
    differ: Callable[[Any, Any], Change | None]


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
    photo = _of_tables(value, around)
    if photo is not None:
        return photo
    if isinstance(value, Mapping):
        parts = [(key, photograph(value[key], around)) for key in _keys(value)]
        return Photo(type(value), parts, _differ_in_keys)
    if isinstance(value, list | tuple | deque):
        return Photo(type(value), [photograph(one, around) for one in value], _differ_in_order)
    if isinstance(value, set | bytearray):
        return Photo(type(value), value.copy(), _differ_at_all)
    fields = _fields_of(value)
    if fields is not None:
        parts = [(name, photograph(one, around)) for name, one in fields]
        return Photo(type(value), parts, _differ_in_fields)
    return value


def difference(before: Any, after: Any) -> Change | None:
    """Return the first difference between two photographs; None if there is none."""
    if not isinstance(before, Photo) or not isinstance(after, Photo):
        if before is after or (type(before) is type(after) and _is_equal(before, after)):
            return None
        return Change("", was_and_is(before, after))
    if before.kind is not after.kind:
        return Change("", f"was a {before.kind.__name__} and is a {after.kind.__name__}")
    return before.differ(before.parts, after.parts)


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


def _write(value: Any) -> str:
    try:
        return " ".join(repr(_plain(value)).split())
    except Exception:  # a class of the solution's own may not be able to say what it is
        return f"a {type(value).__name__}"


def _shorten(text: str) -> str:
    return text if len(text) <= _TEXT_LIMIT else f"{text[: _TEXT_LIMIT - 3]}..."


def _plain(value: Any) -> Any:
    if not isinstance(value, Photo):
        return value
    if value.differ in (_differ_in_keys, _differ_in_fields):
        return {key: _plain(one) for key, one in value.parts}
    if value.differ is _differ_in_order:
        return [_plain(one) for one in value.parts]
    return value.parts


def _is_equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other) or bool(one != one and other != other)
    except Exception:
        return False


def _keys(value: Mapping[Any, Any]) -> Iterator[Any]:
    return iter(list(value))


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


def _of_tables(value: Any, around: tuple[int, ...]) -> Photo | None:
    pandas: Any = sys.modules.get("pandas")
    if pandas is not None and hasattr(pandas, "DataFrame"):
        if isinstance(value, pandas.DataFrame):
            names = (list(value.index.names), list(value.columns.names))
            return _of_table(value, value.copy(), names, around)
        if isinstance(value, pandas.Series):
            frame = value.to_frame("").copy()
            names = (list(value.index.names), [value.name])
            return _of_table(value, frame, names, around)
        if isinstance(value, pandas.Index):
            return Photo(type(value), [*value, *value.names], _differ_in_order)
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray):
        if value.dtype.kind == "O":
            return Photo(
                type(value), [photograph(one, around) for one in value.ravel()], _differ_in_order
            )
        return Photo(type(value), value.copy(), _differ_in_numbers)
    return None


def _of_table(value: Any, frame: Any, names: Any, around: tuple[int, ...]) -> Photo:
    attrs = photograph(dict(value.attrs), around)
    return Photo(type(value), (frame, names, attrs, _cells(frame, around)), _differ_in_cells)


def _cells(frame: Any, around: tuple[int, ...]) -> list[Any]:
    """Photograph the cells that are lists, dicts and the like: a copied frame shares them."""
    found = []
    for place, kind in enumerate(frame.dtypes):
        if kind.kind == "O":
            name = frame.columns[place]
            for label, cell in zip(frame.index.tolist(), frame.iloc[:, place], strict=True):
                photo = photograph(cell, around)
                if isinstance(photo, Photo):
                    found.append((f"[{name!r}][{label!r}]", photo))
    return found


def _differ_in_keys(before: list[Any], after: list[Any]) -> Change | None:
    old, new = dict(before), dict(after)
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


def _differ_in_fields(before: list[Any], after: list[Any]) -> Change | None:
    change = _differ_in_keys(before, after)
    if change and change.place:
        name, _, rest = change.place[2:].partition("']")
        return Change(f".{name}{rest}", change.said)
    return change


def _differ_in_order(before: list[Any], after: list[Any]) -> Change | None:
    if len(before) != len(after):
        return Change("", f"had {len(before)} elements and has {len(after)}")
    for place, (old, new) in enumerate(zip(before, after, strict=True)):
        change = difference(old, new)
        if change:
            return change.within(f"[{place}]")
    return None


def _differ_at_all(before: Any, after: Any) -> Change | None:
    return None if before == after else Change("", was_and_is(before, after))


def _differ_in_numbers(before: Any, after: Any) -> Change | None:
    if before.shape != after.shape or before.dtype != after.dtype:
        return Change(
            "",
            f"was {before.dtype} of shape {before.shape} and is {after.dtype} of {after.shape}",
        )
    others = (before != after) & ~((before != before) & (after != after))
    if not others.any():
        return None
    place = tuple(int(one[0]) for one in others.nonzero())
    old, new = before[place].item(), after[place].item()
    where = ", ".join(map(str, place))
    return Change(f"[{where}]" if place else "", was_and_is(old, new))


def _differ_in_cells(before: Any, after: Any) -> Change | None:
    (old, old_names, old_attrs, old_cells), (new, new_names, new_attrs, new_cells) = before, after
    for what, was, now in (
        ("column", list(old.columns), list(new.columns)),
        ("row", list(old.index), list(new.index)),
    ):
        change = _differ_in_labels(what, was, now)
        if change:
            return change
    if old_names != new_names:
        return Change("", f"had the names {old_names} (index, columns) and has {new_names}")
    change = difference(old_attrs, new_attrs)
    if change:
        return change.within(".attrs")
    for place, name in enumerate(old.columns):
        was, now = old.iloc[:, place], new.iloc[:, place]
        where = f"[{name!r}]" if name != "" else ""
        if was.dtype != now.dtype:
            return Change(where, f"was {was.dtype} and is {now.dtype}")
        if not was.equals(now):
            row = next(i for i in range(len(was)) if not was.iloc[[i]].equals(now.iloc[[i]]))
            said = was_and_is(was.tolist()[row], now.tolist()[row])
            return Change(f"{where}[{old.index.tolist()[row]!r}]", said)
    for (where, was), (_, now) in zip(old_cells, new_cells, strict=False):
        change = difference(was, now)
        if change:
            return change.within(where)
    return None


def _differ_in_labels(what: str, old: list[Any], new: list[Any]) -> Change | None:
    if len(old) == len(new) and all(map(_is_same_label, old, new)):
        return None
    gone = [one for one in old if one not in new]
    added = [one for one in new if one not in old]
    if what == "row" and len(old) != len(new):
        return Change("", f"had {len(old)} rows and has {len(new)}")
    if gone and added:
        return Change("", f"had the {what} {gone[0]!r}, and has {added[0]!r} instead")
    if gone:
        return Change("", f"has no {what} {gone[0]!r} any more")
    if added:
        return Change("", f"has a {what} {added[0]!r} now, which it had not")
    return Change("", f"has its {what}s in another order")


def _is_same_label(one: Any, other: Any) -> bool:
    return type(one) is type(other) and _is_equal(one, other)
