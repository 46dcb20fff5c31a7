"""Say what is wrong with a kata: in which file, by which rule, and what to do about it."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Concatenate, NamedTuple, ParamSpec

from dojo.catalog.kata import Kata
from dojo.ground.safe_text import one_line, shorten

_LONGEST_SEEN = 200
_Rest = ParamSpec("_Rest")


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        kata: The kata's id; empty where it is about the whole catalogue.
        file: The file to look at, as seen from the checkout.
        rule: The rule's name; `test_` and that name is the gate's test.
        cure: What to do.
        seen: What was seen: a word, or the whole message of a test.
    """

    kata: str
    file: str
    rule: str
    cure: str
    seen: str

    @property
    def line(self) -> str:
        """Return all of it on one line, what was seen shortened."""
        return self.line_in(str)

    def line_in(self, words: Callable[[str], str]) -> str:
        """Return that line as `words` says each of its sentences: in a reader's language."""
        seen = shorten(one_line(words(self.seen)), _LONGEST_SEEN)
        return f"{self.file}: {self.rule}: {seen}; {words(self.cure)}"


@dataclasses.dataclass(frozen=True)
class Note:
    """One thing that an author should know, and nothing is wrong."""

    kata: str
    said: str

    def line_in(self, words: Callable[[str], str]) -> str:
        """Return it on one line, as `words` says it."""
        return f"{self.kata}: {words(self.said)}"


class Fault(NamedTuple):
    """What a rule has seen, before it is known under which name."""

    path: Path
    seen: str
    cure: str


def rule(
    check: Callable[Concatenate[Kata, _Rest], Iterator[Fault]],
) -> Callable[Concatenate[Kata, _Rest], list[Finding]]:
    """Make a rule, called like the function, of what yields faults of a kata.

    A file that cannot be read is a finding too.
    """
    name = check.__name__

    @functools.wraps(check)
    def findings(kata: Kata, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> list[Finding]:
        found = []
        try:
            for fault in check(kata, *args, **kwargs):
                file = shown(fault.path, kata.root)
                found.append(Finding(kata.id, file, name, fault.cure, fault.seen))
        except (OSError, SyntaxError, UnicodeError) as error:
            file = shown(Path(getattr(error, "filename", None) or kata.folder), kata.root)
            said = f"{type(error).__name__}: {error}"
            found.append(Finding(kata.id, file, name, "mend or write the file", said))
        return found

    return findings


def shown(path: Path, root: Path) -> str:
    """Return a path as seen from the checkout."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
