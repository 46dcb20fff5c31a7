"""Say a message in another language: find the sentences that it was made of, and what was put in.

A message arrives as one English text, from another process or from a file of results. Which
templates it was made of is found by their words, longest first; what was put in is translated in
turn, for it may be a sentence itself. What no catalogue knows stays as it is.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dojo.language.known import Known

_MOST_LINES = 6  # of one template, with all that is put into it
_DEEPEST = 5
_SENTENCE_ENDS = re.compile(r"(?<=[.:;!?)]) +")
_MOST = 4_000  # characters of a line that are looked through: a value may be a whole file
_MOST_ENDINGS = 3
_MOST_SENTENCES = 24  # of a line
_GAP = re.compile("([ \\u00a0\\u202f]):")
_SIGNS = (".", ",", ";", ":", ")")  # that may follow what is one text
_MOST_OF_IT = 0.75
_LEAST_TO_STAND = 7  # characters
_TWO_PLACES = re.compile(r"\{\w+\} \{\w+\}(?=.*[a-z]{3})", re.DOTALL)


class _Said(NamedTuple):
    """What became of a text.

    Attributes:
        known: How many of its characters were translated.
        text: What it is now.
    """

    known: int
    text: str


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
                if said and (said != text or _is_a_sentence(text)):
                    merged.setdefault(text, said)
        # As French has it, and Spanish has not: its catalogue shows what a language does.
        gaps = (_GAP.search(said) for said in merged.values())
        self._before_a_colon = next((found[1] for found in gaps if found), "")
        self._between = {text: said for text, said in merged.items() if _joins(text)}
        self._between.setdefault(", ", ", ")
        for text, said in list(merged.items()):  # what begins a sentence may go on with another
            merged.setdefault(text[:1].lower() + text[1:], said[:1].lower() + said[1:])
            two = _TWO_PLACES.match(text)  # where one ends and the other begins is not told
            if two and said.startswith(two[0]):
                merged.setdefault(f"{{_}}{text[two.end() :]}", f"{{_}}{said[two.end() :]}")
        self._known = sorted(
            (Known.of(text, said) for text, said in merged.items()), key=lambda one: -one.weight
        )

    def translate(self, message: str) -> str:
        """Return a message in the other language, as far as it is known; else as it is."""
        if not self._known or not message:
            return message
        # Of what a message holds no part can be another template than those that it may hold.
        near = [one for one in self._known if one.key in message]
        between = {text: said for text, said in self._between.items() if text in message}
        return _Reading(near, between, self._before_a_colon).text(message, 0).text


class _Reading:
    """Reads one message."""

    def __init__(
        self, known: Sequence[Known], between: Mapping[str, str], before_a_colon: str
    ) -> None:
        """Remember which templates it may hold, what may join two of them, and a typography."""
        self._known, self._between, self._before_a_colon = known, between, before_a_colon
        self._going_on = [one for one in known if one.goes_on]
        self._heads = [one for one in known if one.is_head]
        self._phrases: dict[tuple[str, int], _Said | None] = {}

    def text(self, text: str, depth: int) -> _Said:
        """Translate a text of several lines."""
        lines = text.split("\n")
        known, done = 0, []
        while lines:
            count, said = self._of_lines(lines, depth)
            known += said.known
            done.append(said.text)
            del lines[:count]
        return _Said(known, "\n".join(done))

    def _of_lines(self, lines: list[str], depth: int) -> tuple[int, _Said]:
        """Translate the next line, with those after it if it is all one; say how many."""
        each = [self._line(line, depth) for line in lines[:_MOST_LINES]]
        best, said = 1, each[0]
        for count in range(2, len(each) + 1):
            whole = self._whole("\n".join(lines[:count]), depth)
            apart = sum(one.known for one in each[:count])
            if whole is not None and whole.known > max(apart, said.known):
                best, said = count, whole
        return best, said

    def _line(self, line: str, depth: int = 0) -> _Said:
        """Translate a line: sentence by sentence, several at once where they are one text."""
        indent = line[: len(line) - len(line.lstrip())]
        body = line.strip()
        if not body or len(body) > _MOST:
            return _Said(0, line)
        starts = [0, *(found.end() for found in _SENTENCE_ENDS.finditer(body))][:_MOST_SENTENCES]
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
        return _Said(best[0].known, indent + best[0].text + line[len(line.rstrip()) :])

    def _phrase(self, text: str, depth: int) -> _Said | None:
        """Translate what may be one text; None where it is not known as a whole."""
        if (text, depth) not in self._phrases:
            self._phrases[text, depth] = self._phrase_once(text, depth)
        return self._phrases[text, depth]

    def _phrase_once(self, text: str, depth: int) -> _Said | None:
        whole = self._whole(text, depth)
        if whole is not None and whole.known >= _MOST_OF_IT * len(text):
            return whole
        found = [whole, self._joined(text, depth), self._headed(text), *self._ended(text, depth)]
        if text[-1:] in _SIGNS and (shorter := self._phrase(text[:-1], depth)) is not None:
            is_said = text[-1] in ":;" and shorter.text != text[:-1]
            gap = self._before_a_colon if is_said else ""
            found.append(_Said(shorter.known, f"{shorter.text}{gap}{text[-1]}"))
        return max(filter(None, found), key=lambda one: one.known, default=None)

    def _headed(self, text: str) -> _Said | None:
        """Translate words that a name stands behind."""
        for one in self._heads:
            name = text[len(one.key) + 1 :]
            if text.startswith(f"{one.key} ") and not re.search(" [a-z]{2}", name):
                return _Said(one.weight, f"{one.said} {name}")
        return None

    def _ended(self, text: str, depth: int) -> Iterator[_Said]:
        """Translate what a text ends with, and what stands before it; by a few that it may be."""
        fit = (
            (one, *ending)
            for one in self._going_on
            if one.key in text and (ending := one.matched_at_the_end(text))
        )
        for one, before, values in itertools.islice(fit, _MOST_ENDINGS):
            gap = before[len(before.rstrip()) :]
            first = self._phrase(before.rstrip(), depth) or _Said(0, before.rstrip())
            said = self._filled(one, values, depth) or _Said(0, text[len(before) :])
            yield _Said(first.known + said.known, first.text + gap + said.text)

    def _joined(self, text: str, depth: int) -> _Said | None:
        """Translate texts that were put together by another one."""
        for between, other in self._between.items():
            if between in text:
                pieces = text.split(between)
                parts = [self._phrase(part, depth) or _Said(0, part) for part in pieces]
                if (between == ", " or between.strip().isalpha()) and not all(
                    part.known or _is_name(piece) for part, piece in zip(parts, pieces, strict=True)
                ):
                    continue  # ` and ` and commas stand in any sentence
                known = sum(part.known for part in parts) + len(between)
                return _Said(known, other.join(part.text for part in parts))
        return None

    def _whole(self, text: str, depth: int) -> _Said | None:
        found = [
            said
            for one in self._known
            if one.key in text
            and (values := one.matched(text)) is not None
            and (said := self._filled(one, values, depth)) is not None
        ]
        return max(found, key=lambda one: one.known, default=None)

    def _filled(self, one: Known, values: dict[str, str], depth: int) -> _Said | None:
        """Put into a translation what was put in, translated itself.

        None where it is little more than ` in `, which stands in any sentence, and what was put in
        is neither known nor a name.
        """
        known, put_in = one.weight, {}
        for name, value in values.items():
            said = _Said(0, value)
            if depth < _DEEPEST and re.search(r"[A-Za-z]{2}", value):
                said = self.text(value, depth + 1)
            is_known = said.known >= _MOST_OF_IT * len(value) or _is_name(value)
            if one.weight < _LEAST_TO_STAND and not is_known:
                return None
            known += said.known
            put_in[name] = said.text
        return _Said(known, one.said.format(**put_in))


def _is_a_sentence(text: str) -> bool:
    """Say whether a text that stays as it is, somebody else's, keeps its words."""
    return " " in text and "{" not in text


def _is_name(text: str) -> bool:
    """Say whether a text is a name or a value, no words: what stands before and behind `and`."""
    return bool(text) and (text[0] in "'\"`([{" or not re.search(r" [a-z]{2}|[a-z]{2} ", text))


def _joins(text: str) -> bool:
    """Say whether a text stands between two others: `, then `."""
    return text[:1] in " ,;" and text[-1:] == " " and "{" not in text
