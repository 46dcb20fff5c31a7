"""See whether an error of a solution's own comes back from another process as it is."""

from __future__ import annotations

import pickle
import sys

from dojo.laws.photo.change import show
from dojo.laws.rules import Ledger
from dojo.laws.whose import inside
from dojo.world.clock import SOLUTION_MODULE, SOLUTION_MODULE_ELSEWHERE


def note_error(error: BaseException, call: str, ledger: Ledger) -> None:
    """Note an error that another process would not get as it is.

    Args:
        error: What the call raised.
        call: Who has raised it, as the subject of a sentence.
        ledger: Gets the broken law.
    """
    kind = type(error)
    if kind.__module__ not in (SOLUTION_MODULE, SOLUTION_MODULE_ELSEWHERE):
        return
    there = getattr(sys.modules.get(kind.__module__), kind.__qualname__, None)
    if there is not kind and "<locals>" not in kind.__qualname__:
        return  # of a solution that was loaded before this one: no other process has two of them
    try:
        with inside():  # what makes it again is no call of a test's
            back = pickle.loads(pickle.dumps(error))
        seen = (type(back), back.args, str(back))
    except Exception as fault:
        happened = f"raises {type(fault).__name__}: {show(str(fault))[1:-1]}"
    else:
        was = (kind, error.args, str(error))
        parts = zip(("class", "args", "text"), was, seen, strict=True)
        change = next(((part, old, new) for part, old, new in parts if old != new), None)
        if change is None:
            return
        happened = f"gives one whose {change[0]} was {show(change[1])} and is {show(change[2])}"
    ledger.note(
        "errors",
        f"{call} raised a {kind.__name__}: pickle.loads(pickle.dumps(error)) {happened}.",
    )
