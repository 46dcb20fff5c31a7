"""Write values as JSON that tells their exact types, and read them: what crosses the line.

A value that has no exact counterpart here (a subclass of `int`, an object whose `__eq__` always
says yes) arrives as `{"opaque": "its type"}`, which equals nothing that is expected.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import json
import math
from collections.abc import Mapping
from typing import Any

_MOST_PARTS = 200_000
# Keys can be chosen so that each new one is compared with all those before: tuples, of few numbers.
_MOST_KEYS = 10_000
_MOST_OF_ONE_HASH = 64
# What an object with one such key says: the kind of the value that follows.
_KINDS = {"dict", "tuple", "set", "float", "numpy", "frame", "series", "time", "opaque"}
# An outcome that is no value is told so as well.
_TOLD_APART = _KINDS | {"raised"}


def pack(value: Any) -> Any:
    """Write a value as JSON that tells its exact type.

    Args:
        value: What an entry point returned.

    Returns:
        Numbers, texts, None and lists as they are; else an object with one key: `dict`, `tuple`,
        `set`, `float` (those that JSON lacks), `numpy`, `frame`, `series`, `time` or `opaque`.
    """
    try:
        return _pack(value, [0], 0)
    except _TooMuch:
        return {"opaque": "too much"}


class _TooMuch(Exception):
    """A value that has no end, or nearly none."""


def _pack(value: Any, parts: list[int], depth: int) -> Any:
    kind = type(value)
    parts[0] += 1
    if parts[0] > _MOST_PARTS or depth > 50:
        raise _TooMuch
    if value is None or kind in (bool, int, str):
        return value if kind is not int or abs(value) < 1 << 256 else {"opaque": "huge int"}
    if kind is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if kind is list:
        return [_pack(one, parts, depth + 1) for one in value]
    if kind is dict:
        if len(value) > _MOST_KEYS:
            raise _TooMuch
        pairs = [[_pack(k, parts, depth + 1), _pack(v, parts, depth + 1)] for k, v in value.items()]
        return {"dict": pairs}
    if kind is tuple:
        return {"tuple": [_pack(one, parts, depth + 1) for one in value]}
    if kind in (set, frozenset):
        packed = [_pack(one, parts, depth + 1) for one in value]
        return {"set": sorted(packed, key=lambda one: json.dumps(one, sort_keys=True))}
    if kind in (datetime.datetime, datetime.date):
        return {"time": value.isoformat()}
    return _pack_foreign(value, kind, parts, depth)


def _pack_foreign(value: Any, kind: type, parts: list[int], depth: int) -> Any:
    name = f"{kind.__module__}.{kind.__qualname__}"
    library = kind.__module__.split(".", 1)[0]
    if library == "numpy" and hasattr(value, "tolist"):
        inner = value.tolist()
        if type(inner) in (bool, int, float, str, list):
            return {"numpy": _pack(inner, parts, depth + 1)}
    if library == "pandas" and kind.__name__ == "DataFrame":
        columns = [str(column) for column in value.columns]
        rows = [_pack(value.iloc[:, i].tolist(), parts, depth + 1) for i in range(len(columns))]
        types = [str(kind) for kind in value.dtypes]
        index = _pack(value.index.tolist(), parts, depth + 1)
        told = {"columns": columns, "types": types, "values": rows, "index": index}
        return {"frame": told}
    if library == "pandas" and kind.__name__ == "Series":
        return {"series": _pack(value.tolist(), parts, depth + 1)}
    return {"opaque": name[:200]}


def unpack(packed: Any) -> Any:
    """Read what `pack` wrote; frames and what is opaque stay as the object that tells them.

    What `pack` cannot have written stays as it is too, and so equals nothing that is expected. A
    dict that was returned and reads like one of those, such as `{"numpy": 5}`, becomes
    `{"dict": {"numpy": 5}}`: what a submission writes is never taken for what was seen of it.
    """
    if isinstance(packed, list):
        return [unpack(one) for one in packed]
    if not isinstance(packed, dict) or len(packed) != 1:
        return packed
    ((kind, inner),) = packed.items()
    if kind == "dict" and isinstance(inner, list) and len(inner) <= _MOST_KEYS:
        try:
            pairs = [(unpack(key), unpack(value)) for key, value in inner]
            hashes = collections.Counter(hash(key) for key, _ in pairs)
            if hashes and max(hashes.values()) > _MOST_OF_ONE_HASH:
                return packed
            read = dict(pairs)
        except (TypeError, ValueError):
            return packed
        return {"dict": read} if len(read) == 1 and read.keys() <= _TOLD_APART else read
    if kind == "tuple" and isinstance(inner, list):
        return tuple(unpack(one) for one in inner)
    if kind == "float" and inner in ("nan", "inf", "-inf"):
        return float(inner)
    return {kind: unpack(inner)} if kind in ("numpy", "set", "series") else packed


@dataclasses.dataclass(frozen=True)
class Packed:
    """An argument that is not a plain value: a data frame, or what an earlier call returned."""

    content: dict[str, Any]


def frame(columns: dict[str, list[Any]]) -> Packed:
    """Describe a `pandas.DataFrame` to be made inside: name of a column and its values."""
    kinds = {int: "int64", float: "float64", bool: "bool"}
    types = [
        kinds.get(type(values[0]), "object") if values else "object" for values in columns.values()
    ]
    told = {
        "columns": list(columns),
        "types": types,
        "values": [pack(one) for one in columns.values()],
    }
    return Packed({"frame": told})


def pack_argument(value: Any) -> Any:
    """Write an argument of a call: a plain value; in it may be what `Packed` says."""
    if isinstance(value, Packed):
        return value.content
    if type(value) is list:
        return [pack_argument(one) for one in value]
    if type(value) is dict:
        return {"dict": [[pack(key), pack_argument(one)] for key, one in value.items()]}
    return pack(value)


def build_argument(packed: Any, values: Mapping[int, Any]) -> Any:
    """Make the argument again: also the data frames, and what earlier calls returned."""
    if isinstance(packed, dict) and "handle" in packed:
        value = values[packed["handle"]]
        return value if packed.get("part") is None else value[packed["part"]]
    if isinstance(packed, dict) and "frame" in packed:
        import pandas

        told = packed["frame"]
        columns = {
            name: pandas.Series(unpack(values), dtype=None if kind == "object" else kind)
            for name, kind, values in zip(
                told["columns"], told["types"], told["values"], strict=True
            )
        }
        return pandas.DataFrame(columns)
    if isinstance(packed, dict) and "dict" in packed:
        return {unpack(key): build_argument(value, values) for key, value in packed["dict"]}
    if isinstance(packed, list):
        return [build_argument(one, values) for one in packed]
    return unpack(packed)
