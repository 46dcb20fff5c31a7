"""Read what all code of a process shares, say what a call has changed of it, and put it back."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping, Sequence
from typing import Any

from dojo.engines import ENGINES, part_of
from dojo.laws.photo.change import show, was_and_is
from dojo.laws.rules import Ledger
from dojo.laws.state.engines import OF_NUMBERS
from dojo.laws.state.interpreter import OF_INTERPRETER
from dojo.laws.state.kept import OF_DISKS
from dojo.laws.state.libraries import OF_LIBRARIES
from dojo.laws.state.logs import OF_LOGS
from dojo.laws.state.process import OF_PROCESS
from dojo.laws.state.shared import State

_ALWAYS = (
    *(*OF_PROCESS, *OF_LOGS, *OF_INTERPRETER, *OF_LIBRARIES),
    *(*OF_NUMBERS, *OF_DISKS),
)

Moment = Sequence[Mapping[Any, Any]]


@functools.cache
def states() -> tuple[State, ...]:
    """Return all that is looked at: an engine's part `states` is a tuple of its own."""
    parts = (part_of(engine, "states") for engine in ENGINES.values())
    return (*_ALWAYS, *(state for part in parts if part is not None for state in part))


def read_state() -> Moment:
    """Read all of `states`."""
    return [state.read() for state in states()]


def with_changes(moment: Moment, since: Moment, until: Moment) -> Moment:
    """Return a moment as if what changed between two others had been so before.

    Args:
        moment: What `read_state` returned.
        since: What it returned later.
        until: What it returned after that.
    """
    found = []
    for part, was, now in zip(moment, since, until, strict=True):
        gone = {key for key in was if key not in now}
        new = {key: now[key] for key in now if key not in was or not _is_same(was[key], now[key])}
        found.append({key: one for key, one in {**part, **new}.items() if key not in gone})
    return found


def note_changes(before: Moment, call: str, ledger: Ledger, *, is_alone: bool = True) -> None:
    """Note what of `states` has changed, and put it back: it is one call's fault, once.

    Args:
        before: What `read_state` returned.
        call: Who has changed it, as the subject of a sentence.
        ledger: Gets the broken laws.
        is_alone: Whether the call ran alone, and ended where it began.
    """
    for state, was in zip(states(), before, strict=True):
        if state.is_of_a_thread and not is_alone:
            continue
        now = state.read()
        if now == was:
            continue
        for key in [*was, *(key for key in now if key not in was)]:
            if state.may_appear if key not in was else state.may_vanish and key not in now:
                continue
            if key in was and key in now and _is_same(was[key], now[key]):
                continue
            what = f"{state.what} {getattr(key, '__name__', key)}".strip()
            if key in was and key in now:
                told = was_and_is(was[key], now[key])
            else:
                old, new = (show(one[key]) if key in one else state.absent for one in (was, now))
                told = f"was {old} and is {new}"
            ledger.note(state.law, f"{call} {state.said}: {what} {told}.")
            with contextlib.suppress(Exception):
                state.put(key, was.get(key))


def _is_same(was: Any, now: Any) -> bool:
    return was is now or bool(was == now)
