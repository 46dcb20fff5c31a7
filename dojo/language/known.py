"""Recognise one template in a message: its fixed parts, and what was put in between them."""

from __future__ import annotations

import re
import string
from typing import NamedTuple

# What a text holds that is more than one sentence.
_A_SENTENCE = re.compile(r"[.:;!?] ")
_MOST_STARTS = 5
_LEAST_TO_GO_ON = 6  # characters
_GOING_ON = ("; ", ", ", " ")


class Known(NamedTuple):
    """One template that can be recognised.

    Attributes:
        fixed: Its fixed parts, one more than there are places; between two of them lies a place.
        names: The places' names.
        key: The longest of its fixed parts: what does not hold that is another.
        weight: How many of its characters are fixed.
        goes_on: Whether it may stand behind something else: a call, a name.
        moves: Whether what it begins with stands elsewhere in its translation.
        said: Its translation.
    """

    fixed: tuple[str, ...]
    names: tuple[str, ...]
    key: str
    weight: int
    goes_on: bool
    moves: bool
    said: str

    @classmethod
    def of(cls, text: str, said: str) -> Known:
        """Take a template apart."""
        fixed, names = [""], []
        for literal, name, _, _ in string.Formatter().parse(text.strip()):
            fixed[-1] += literal
            if name is not None:
                names.append(name)
                fixed.append("")
        key = max(fixed, key=len)
        goes_on = text.startswith(_GOING_ON) or text.strip()[:1].islower()
        goes_on = goes_on and len(key) >= _LEAST_TO_GO_ON and (bool(names) or " " in key.strip())
        # Spaces that both have belong to what is around it; French has some before a sign.
        said = said if text == text.strip() else said.strip()
        moves = bool(names) and not fixed[0] and not said.startswith(f"{{{names[0]}}}")
        return cls(tuple(fixed), tuple(names), key, sum(map(len, fixed)), goes_on, moves, said)

    @property
    def is_head(self) -> bool:
        """Say whether a name may follow it: `the number of threads of`."""
        return not self.names and " " in self.key

    def matched(self, text: str) -> dict[str, str] | None:
        """Return what was put in, if a text is this one.

        Each fixed part is looked for once, from left to right: no text can make that take long.
        """
        first, last = self.fixed[0], self.fixed[-1]
        if not self.names:
            return {} if text == first else None
        end = len(text) - len(last)
        at = len(first)
        if end < at or not text.startswith(first) or not text.endswith(last):
            return None
        values = []
        for part in self.fixed[1:-1]:
            found = text.find(part, at, end)
            if found < 0:
                return None
            values.append(text[at:found])
            at = found + len(part)
        if self.moves and _A_SENTENCE.search((*values, text[at:end])[0]):
            return None  # that is no part of it, but a sentence before it
        return dict(zip(self.names, [*values, text[at:end]], strict=True))

    def matched_at_the_end(self, text: str) -> tuple[str, dict[str, str]] | None:
        """Return what stands before, and what was put in, if a text ends so."""
        at = -1
        for _ in range(_MOST_STARTS if self.goes_on else 0):
            at = text.find(self.fixed[0], at + 1)
            if at < 0:
                break
            if at and not (text[at].isalnum() and text[at - 1].isalnum()):
                values = self.matched(text[at:])
                if values is not None:
                    return text[:at], values
        return None
