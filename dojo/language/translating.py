"""Say a message in another language: find the sentences that it was made of, and what was put in.

A message arrives as one English text, from another process or from a file of results. Which
templates it was made of is found by their words, longest first; what was put in is translated in
turn, for it may be a sentence itself. What no catalogue knows stays as it is.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Mapping
from typing import NamedTuple

_MOST_LINES = 6  # of one template, with all that is put into it
_DEEPEST = 5
_SENTENCE_ENDS = re.compile(r"(?<=[.:;!?)]) +")
_MOST = 4_000  # characters that are looked through: a value may be a whole file


class _Said(NamedTuple):
    """What became of a text.

    Attributes:
        known: How many of its characters were translated.
        text: What it is now.
    """

    known: int
    text: str


class _Known(NamedTuple):
    """One template that can be recognised.

    Attributes:
        key: The longest of its fixed parts: what does not hold that is another.
        fixed: How many characters are fixed.
        whole: Matches a text that is nothing else.
        ending: Matches a text that ends so.
        said: Its translation.
    """

    key: str
    fixed: int
    whole: re.Pattern[str]
    ending: re.Pattern[str] | None
    said: str


class Translator:
    """Translates messages into one language."""

    def __init__(self, *catalogues: Mapping[str, str]) -> None:
        """Remember what is said; of a text that several have, the first one's counts.

        Args:
            catalogues: Translations by English template, as `catalogue.read` gives them.
        """
        merged: dict[str, str] = {}
        for one in catalogues:
            for text, said in one.items():
                if said and said != text:
                    merged.setdefault(text, said)
        self._known = sorted(map(_known, merged.items()), key=lambda one: -one.fixed)
        self._phrase = functools.lru_cache(maxsize=2_000)(self._phrase_once)

    def translate(self, message: str) -> str:
        """Return a message in the other language, as far as it is known; else as it is."""
        if not self._known or not message:
            return message
        lines = message.split("\n")
        done: list[str] = []
        while lines:
            count, said = self._of_lines(lines)
            done.append(said)
            del lines[:count]
        return "\n".join(done)

    def _of_lines(self, lines: list[str]) -> tuple[int, str]:
        """Translate the next line, with those after it if it is all one; say how many."""
        one = self._line(lines[0])
        best, said = 1, one
        for count in range(2, min(_MOST_LINES, len(lines)) + 1):
            whole = self._whole("\n".join(lines[:count]), 0)
            if whole is not None and whole.known > said.known:
                best, said = count, whole
        return best, said.text

    def _line(self, line: str, depth: int = 0) -> _Said:
        """Translate a line: sentence by sentence, several at once where they are one text."""
        indent = line[: len(line) - len(line.lstrip())]
        body = line.strip()
        if not body or len(body) > _MOST:
            return _Said(0, line)
        starts = [0, *(found.end() for found in _SENTENCE_ENDS.finditer(body))][:24]
        ends = [*starts[1:], len(body)]
        best: dict[int, _Said] = {len(starts): _Said(0, "")}
        for first in reversed(range(len(starts))):
            options = []
            for last in range(first, len(starts)):
                piece = body[starts[first] : ends[last]]
                said = self._phrase(piece.strip(), depth)
                if said is None:
                    if last > first:
                        continue
                    said = _Said(0, piece.strip())
                gap = piece[len(piece.rstrip()) :]
                rest = best[last + 1]
                options.append(_Said(said.known + rest.known, said.text + gap + rest.text))
            best[first] = max(options, key=lambda one: one.known)
        return _Said(best[0].known, indent + best[0].text)

    def _phrase_once(self, text: str, depth: int) -> _Said | None:
        """Translate what may be one text; None where it is not known as a whole."""
        whole = self._whole(text, depth)
        if whole is not None:
            return whole
        for one in self._known:
            if one.ending is None or one.key not in text:
                continue
            found = one.ending.fullmatch(text)
            if found:
                before = found["_before"]
                said = self._filled(one, found, depth)
                return _Said(said.known, before + said.text)
        return None

    def _whole(self, text: str, depth: int) -> _Said | None:
        found = [
            self._filled(one, match, depth)
            for one in self._known
            if one.key in text and (match := one.whole.fullmatch(text))
        ]
        return max(found, key=lambda one: one.known, default=None)

    def _filled(self, one: _Known, found: re.Match[str], depth: int) -> _Said:
        """Put into a translation what was put in, translated itself."""
        known, values = one.fixed, {}
        for name, value in found.groupdict().items():
            if name == "_before":
                continue
            said = _Said(0, value)
            if depth < _DEEPEST and re.search(r"[A-Za-z]{2}", value):
                said = self._line(value, depth + 1)
            known += said.known
            values[name] = said.text
        return _Said(known, one.said.format(**values))


def _known(entry: tuple[str, str]) -> _Known:
    text, said = entry
    text, said = text.strip(), said.strip()
    pattern, fixed = "", []
    seen: set[str] = set()
    for literal, name, _, _ in string.Formatter().parse(text):
        fixed.append(literal)
        pattern += re.escape(literal)
        if name is not None:
            pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.*?)"
            seen.add(name)
    # What begins small goes on after something: after a call, or a name.
    goes_on = text[:1].islower() and len(max(fixed, key=len)) >= 5
    before = r"(?P<_before>.*[^\w]|)" if goes_on else None
    return _Known(
        key=max(fixed, key=len),
        fixed=sum(map(len, fixed)),
        whole=re.compile(pattern, re.DOTALL),
        ending=re.compile(f"{before}{pattern}", re.DOTALL) if before else None,
        said=said,
    )
