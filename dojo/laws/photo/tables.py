"""Photograph what holds its values in rows: sequences, NumPy's arrays, pandas' frames."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from dojo.laws.photo.change import Change, Photo, difference, is_equal, plain, was_and_is

OfPart = Callable[[Any], Any]


def of_tables(value: Any, of_part: OfPart) -> Photo | None:
    """Photograph an array, a frame, a series or an index; return None for anything else.

    Args:
        value: Anything. NumPy and pandas are asked only if somebody has imported them.
        of_part: Photographs what lies in it.
    """
    pandas: Any = sys.modules.get("pandas")
    if pandas is not None and hasattr(pandas, "DataFrame"):
        if isinstance(value, pandas.DataFrame):
            names = (list(value.index.names), list(value.columns.names))
            return _of_table(value, value.copy(), names, of_part)
        if isinstance(value, pandas.Series):
            frame = value.to_frame("").copy()
            names = (list(value.index.names), [value.name])
            return _of_table(value, frame, names, of_part)
        if isinstance(value, pandas.Index):
            return Ordered(type(value), [*value, *value.names])
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray):
        if value.dtype.kind == "O":
            return Ordered(type(value), [of_part(one) for one in value.ravel()])
        return Numbers(type(value), value.copy())
    return None


def _of_table(value: Any, frame: Any, names: Any, of_part: OfPart) -> Photo:
    attrs = of_part(dict(value.attrs))
    return Table(type(value), (frame, names, attrs, _cells(frame, of_part)))


def _cells(frame: Any, of_part: OfPart) -> list[Any]:
    """Photograph the cells that are lists, dicts and the like: a copied frame shares them."""
    found = []
    for place, kind in enumerate(frame.dtypes):
        if not _is_plain(kind):
            name = frame.columns[place]
            for label, cell in zip(frame.index.tolist(), frame.iloc[:, place], strict=True):
                photo = of_part(cell)
                if isinstance(photo, Photo):
                    found.append((f"[{name!r}][{label!r}]", photo))
    return found


def _is_plain(kind: Any) -> bool:
    """Say whether a type has no cells that can be filled: its numbers, moments or texts."""
    return kind.kind != "O" or isinstance(kind, sys.modules["pandas"].StringDtype)


class Ordered(Photo):
    """Of a sequence; its parts are photographs."""

    def change_to(self, after: Any) -> Change | None:
        """Compare place by place."""
        if len(self.parts) != len(after):
            return Change("", f"had {len(self.parts)} elements and has {len(after)}")
        for place, (old, new) in enumerate(zip(self.parts, after, strict=True)):
            change = difference(old, new)
            if change:
                return change.within(f"[{place}]")
        return None

    @property
    def content(self) -> list[Any]:
        """Return a list."""
        return [plain(one) for one in self.parts]


class Numbers(Photo):
    """Of an array; its parts are a copy."""

    def change_to(self, after: Any) -> Change | None:
        """Compare number by number; NaN stays NaN."""
        before = self.parts
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


class Table(Photo):
    """Of a frame or a series; its parts: a copy as a frame, names, attrs, and what cells hold."""

    def change_to(self, after: Any) -> Change | None:
        """Compare labels, names, attrs, columns, then what lies in cells."""
        old, old_names, old_attrs, old_cells = self.parts
        new, new_names, new_attrs, new_cells = after
        for is_row, was, now in (
            (False, old.columns, new.columns),
            (True, old.index, new.index),
        ):
            if was.dtype == now.dtype and _is_plain(was.dtype) and was.equals(now):
                continue
            what = "row" if is_row else "column"
            change = _differ_in_labels(what, list(was), list(now))
            if change:
                return change
        if old_names != new_names:
            return Change("", f"had the names {old_names} (index, columns) and has {new_names}")
        change = difference(old_attrs, new_attrs)
        if change:
            return change.within(".attrs")
        for place, name in enumerate(() if old.equals(new) else old.columns):
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
    return type(one) is type(other) and is_equal(one, other)
