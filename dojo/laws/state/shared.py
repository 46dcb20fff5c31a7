"""Describe something that all code of a process shares: how it is read, and put back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class State:
    """Something that all code of a process shares.

    Attributes:
        law: The law that says to leave it.
        what: Its name, for a sentence; one of many is named by its key.
        read: Returns its parts by their keys; what is not there yet has no key.
        put: Puts one part back: its key, and what it was (None: it was not there).
        may_appear: Whether a part that was not there before is no change: its library was imported
            meanwhile.
        absent: How to say that a part is not there.
    """

    law: str
    what: str
    read: Callable[[], Mapping[str, Any]]
    put: Callable[[str, Any], object]
    may_appear: bool = True
    absent: str = "not there"
