"""Describe something that all code of a process shares: how it is read, and put back."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class State:
    """Something that all code of a process shares.

    Attributes:
        law: The law that says to leave it.
        what: Its name, for a sentence; one of many is named by its key.
        read: Returns its parts by their keys, texts or types; what is not there yet has no key.
        put: Puts one part back: its key, and what it was (None: it was not there).
        may_appear: Whether a part that was not there before is no change: its library was imported
            meanwhile.
        absent: How to say that a part is not there.
        may_vanish: Whether a part that is not there any more is no change: others remove it, too.
        said: What a call has done that changed it.
        is_of_a_thread: Whether each thread has its own, so that others' changes are not seen.
    """

    law: str
    what: str
    read: Callable[[], Mapping[Any, Any]]
    put: Callable[[Any, Any], object]
    may_appear: bool = True
    absent: str = "not there"
    may_vanish: bool = False
    said: str = "left the process changed"
    is_of_a_thread: bool = False


def put_attribute(dotted: str, value: Any) -> None:
    """Put an attribute of a module, or of a class in one, back."""
    owner, _, name = dotted.rpartition(".")
    found = owner_of(owner)
    if found is not None:
        setattr(found, name, value)


def owner_of(dotted: str) -> Any:
    """Return a module, or a class in one, if it was imported already."""
    if dotted in sys.modules:
        return sys.modules[dotted]
    module, _, name = dotted.rpartition(".")
    return getattr(sys.modules.get(module), name, None)
