"""What the examination of 03_caching has run inside: it makes the data, and the calls with it.

Each call stands for a run in a process of its own: in each `hash` gives other numbers.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import numbers
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.inside import connections
from dojo.world.clock import SOLUTION_MODULE
from dojo.world.draw import Draw

_TAME_IDS = ["ids with gaps", "ids beyond 2**53"]  # the usage API knows them
_FEW, _MANY, _GREAT, _HUGE = 400, 1201, 100_003, 2**53
_SMALL_BYTES = 4096
_LONG_BYTES = 9 * 2**20


def call(
    solution: Any, folder: Path, name: str, data: list[Any], args: list[Any], how: dict[str, Any]
) -> Any:
    """Call an entry point.

    Args:
        solution: The submission.
        folder: Where a file may be.
        name: The entry point.
        data: What its first argument is made of: kind, seed, and what is changed; or nothing.
        args: The other arguments.
        how: `port` of the API and a `salt`; and, if so, that the call is made `in_a_flow`, by a
            module of `another_name`, with a file that is `swapped` meanwhile (as `data`), in a run
            that is `killed` in its request, or for the `limits` of its task and flow.

    Returns:
        What it returned; of a frame, what tells it from others. With `limits`: the seconds after
        which the engine would end what was asking.
    """
    limits: list[float] = []
    first = [_made(folder, *data)] if data else []
    module = sys.modules[SOLUTION_MODULE]
    function = getattr(_again(module) if how.get("another_name") else solution, name)
    salted = lambda one: hash(one) ^ how["salt"] * isinstance(one, str | bytes | tuple)  # noqa: E731
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(module, "hash", salted, create=True))
        if swapped := how.get("swapped"):
            swap = lambda: _made(folder, *swapped)  # noqa: E731
            stack.enter_context(connections.on_connecting(how["port"], swap))
        if how.get("limits"):
            look = lambda: limits.extend(_limits_s())  # noqa: E731
            stack.enter_context(connections.on_connecting(how["port"], look))
        if how.get("killed"):
            stack.enter_context(_killed_in_its_request(how["port"]))
        value = _in_a_flow(function, first + args) if how.get("in_a_flow") else None
        value = function(*first, *args) if value is None else value[0]
    return limits if how.get("limits") else _told(value)


def _limits_s() -> list[float]:
    from prefect.context import FlowRunContext, TaskRunContext

    task_run, flow_run = TaskRunContext.get(), FlowRunContext.get()
    running: list[Any] = [task_run and task_run.task, flow_run and flow_run.flow]
    limits = [one.timeout_seconds for one in running if one is not None]
    return [float(one) for one in limits if one is not None]


def _again(module: Any) -> Any:
    """Load the submission once more, as another script does."""
    spec = importlib.util.spec_from_file_location("caching_of_another_script", module.__file__)
    assert spec is not None
    assert spec.loader is not None
    loaded = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def _in_a_flow(function: Callable[..., Any], args: list[Any]) -> list[Any]:
    """Make a call in a run of a flow that has a parameter."""
    from prefect import flow

    found = []

    @flow
    def report(day: str) -> None:
        del day
        found.append(function(*args))

    report("2026-03-29")
    return found


@contextlib.contextmanager
def _killed_in_its_request(port: int) -> Iterator[None]:
    """Leave behind what was there while the API was asked: a lock, if there is one."""
    from prefect.settings import PREFECT_HOME

    files: dict[Path, bytes] = {}

    def look() -> None:
        for folder in (PREFECT_HOME.value(), tempfile.gettempdir()):
            for file in Path(folder).rglob("*"):
                with contextlib.suppress(OSError):
                    if file.is_file() and file.stat().st_size < _SMALL_BYTES:
                        files[file] = file.read_bytes()

    with connections.on_connecting(port, look):
        yield
    for file, content in files.items():
        if not file.exists():
            with contextlib.suppress(OSError):
                file.write_bytes(content)


def _made(folder: Path, kind: str, seed: int, change: str) -> Any:
    """Make a frame; or a file behind one path, whose date does not change, unless that is asked."""
    if kind == "numbers":
        return _numbers(seed, change)
    frames = {"great": _great, "table": _table, "zoned": _zoned}
    if kind in frames:
        return frames[kind](seed, change)
    path = folder / "customers.csv"
    text = _long(seed, change) if kind == "long file" else _export(seed, change)
    path.write_text(text, encoding="utf-8")
    moment = 1_700_000_000 + 1000 * (change == "another date")
    os.utime(path, (moment, moment))
    return str(path)


@functools.lru_cache(maxsize=4)
def _drawn(seed: int, count: int) -> Any:
    return Draw(seed).customers(count, tame=_TAME_IDS).frame()


def _numbers(seed: int, change: str) -> Any:
    """Make many customers, all of them numbers, with two columns of one name."""
    import pandas

    frame = _drawn(seed, _MANY).select_dtypes("number").copy()
    frame.loc[frame.index[0], "customer_id"] = _HUGE
    frame = pandas.concat([frame, frame[["churned"]]], axis=1)
    first, last = (place for place, name in enumerate(frame) if name == "churned")
    cells = {
        "an id of 16 digits": (0, frame.columns.get_loc("customer_id")),
        "the first of two columns of one name": (_MANY // 2, first),
        "the last of two columns of one name": (_MANY - 1, last),
    }
    if change in cells:
        frame.iloc[cells[change]] = frame.iloc[cells[change]] ^ 1
    return frame.rename(columns={"monthly_charges": "fee"}) if change == "a name" else frame


def _great(seed: int, change: str) -> Any:
    """Make very many customers, with two columns of numbers."""
    import numpy
    import pandas

    frame = pandas.DataFrame({"customer_id": numpy.arange(_GREAT), "churned": numpy.int8(0)})
    frame.loc[_GREAT // 2 + seed % 9999, "churned"] = int(change == "a late row")
    return frame


def _zoned(seed: int, change: str) -> Any:
    """Make some customers in the order of their contracts, which have a time and a zone."""
    import pandas

    frame = _drawn(seed, _FEW)
    since = pandas.date_range("2026-03-29", periods=_FEW, freq="h", tz="UTC")
    frame = frame.assign(since=since).set_index(since)
    if change == "the zone of the index":
        return frame.tz_convert("Europe/Paris")
    if change == "a zone":
        return frame.assign(since=since.tz_convert("Europe/Paris"))
    return frame


_CELLS = {
    "a small number": (0, "monthly_charges", 1e-11),
    "a last digit": (1, "monthly_charges", 40.125 + 1e-13),
    "a late letter": (1, "note", "long " * 60 + "b"),
    "a space": (1, "note", "long " * 59 + "longa"),
    "a capital": (1, "note", "long " * 60 + "A"),
    "a number for a text": (2, "note", 12),
    "a quote": (0, "contract", 'a",b'),
    "a blank": (0, "monthly_charges", None),
    "a text for a blank": (3, "note", ""),
}


def _table(seed: int, change: str) -> Any:
    """Make some customers as a report has them: texts, dates, and an index with a column's name."""
    import pandas

    frame = _drawn(seed, _FEW).astype({"note": object})
    frame = frame.assign(**{"2": 0, "since": pandas.Timestamp("2026-03-29 00:30:00.000001")})
    frame = frame.set_index((frame.index // 10).rename("churned"))
    texts = (("contract", "a,b"), ("note", "long " * 60 + "a"), ("note", "12"), ("note", None))
    value: Any
    for row, (name, value) in enumerate(texts):
        frame.iloc[row, frame.columns.get_loc(name)] = value
    for row, value in enumerate((0.0, 40.125)):
        frame.iloc[row, frame.columns.get_loc("monthly_charges")] = value
    if change in _CELLS:
        row, name, value = _CELLS[change]
        frame.iloc[row, frame.columns.get_loc(name)] = value
    tariffs = sorted({*frame["contract"].dropna(), *(f"tariff {one:03}" for one in range(150))})
    renamed = [{"tariff 075": "tariff 75"}.get(one, one) for one in tariffs]
    later = pandas.Timestamp("2026-03-29 00:30:00.000002")
    kinds: dict[str, Callable[[], Any]] = {
        "a date": lambda: frame.assign(since=[later, *frame["since"][1:]]),
        "a type": lambda: frame.astype({"churned": bool}),
        "categories": lambda: frame.astype({"contract": pandas.CategoricalDtype(tariffs)}),
        "a category": lambda: frame.astype({"contract": pandas.CategoricalDtype(renamed)}),
        "an order of categories": lambda: frame.astype(
            {"contract": pandas.CategoricalDtype(tariffs, ordered=True)}
        ),
        "a name": lambda: frame.rename(columns={"2": 2}),
        "the index": lambda: frame.set_index(frame.index + 1),
        "an index of texts": lambda: frame.set_index(frame.index.astype(str)),
        "the order of rows": lambda: frame.iloc[::-1].set_index(frame.index),
        "ids as text": lambda: frame.assign(customer_id=frame["customer_id"].astype(str)),
    }
    return kinds[change]() if change in kinds else frame


def _export(seed: int, change: str) -> str:
    """Write more than a megabyte of customers."""
    frame = _drawn(seed, _FEW).assign(note="a long note " * 240)
    rows = {"the first row": 0, "the middle row": _FEW // 2, "the last row": _FEW - 1}
    starts = {"a capital": "A ", "an accent": "à ", "a space": "a"}
    if change in rows:
        place = rows[change], frame.columns.get_loc("churned")
        frame.iloc[place] = 1 - frame.iloc[place]
    if change in starts:
        text = starts[change] + "long note " + "a long note " * 239
        frame.iloc[0, frame.columns.get_loc("note")] = text
    frame = frame.iloc[::-1] if change == "the order of rows" else frame
    return str(frame.to_csv(index=False)) + "\n" * (change == "a blank line")


def _long(seed: int, change: str) -> str:
    """Write few customers, with millions of blank lines before and behind the middle one."""
    frame = _drawn(seed, _FEW)
    place = _FEW // 2, frame.columns.get_loc("churned")
    if change == "the middle row":
        frame = frame.copy()
        frame.iloc[place] = 1 - frame.iloc[place]
    parts = [frame[: place[0]], frame[place[0] : place[0] + 1], frame[place[0] + 1 :]]
    texts = [one.to_csv(index=False, header=not number) for number, one in enumerate(parts)]
    return ("\n" * _LONG_BYTES).join(texts)


def _told(value: Any) -> Any:
    """Return plain values as they are, and of a frame some rows, and a digest of all of it."""
    if type(value).__name__ != "DataFrame":
        return float(value) if isinstance(value, numbers.Real) else value
    columns = [_cells(one, is_float=name == "calls") for name, one in value.items()]
    rows = [repr(row) for row in zip(_cells(value.index), *columns, strict=True)]
    types = [
        f"{name!r} {'' if name == 'calls' else _type(one.dtype)}" for name, one in value.items()
    ]
    return {
        "types": types,
        "rows": [rows[0], rows[len(rows) // 2], rows[-1]],
        "all": _digest("\n".join(rows)),
    }


def _cells(column: Any, *, is_float: bool = False) -> list[Any]:
    import pandas

    cells = [None if pandas.isna(one) else one for one in column.tolist()]
    return [None if one is None else float(one) for one in cells] if is_float else cells


def _type(kind: Any) -> str:
    categories = getattr(kind, "categories", None)
    if categories is None:
        return str(kind)
    return f"{kind} {_digest(repr(categories.tolist()))} {kind.ordered}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
