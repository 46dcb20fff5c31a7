"""Say what a replay tells in the language of whoever looks at it; names and states stay."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from dojo.language import said_by_dojo
from dojo.language.catalogue import AROUND
from dojo.language.translating import Translator
from dojo.language.words import WordTable

if TYPE_CHECKING:
    from dojo.catalog.kata import Language

# Words that stand alone, such as heads of columns; and what is put together of many.
_WORDS = WordTable(
    "replay",
    (
        "yours",
        "reference",
        "yours and reference",
        "run",
        "kind",
        "within",
        "gets",
        "what",
        "from",
        "to",
        "flow run",
        "task run",
        "step",
        "tracked run",
        "MLflow run",
        "function",
        "it",
        "its waits",
        "model",
        "version",
        "aliases",
        "tags",
        "file",
        "size",
        "bytes",
        "call",
        "value",
        "clock on the wall",
        "from UTC",
        "state",
        "none",
        "no",
        "one after the other",
        "{name}: {count} flow run; {whose}: {other}",
        "{name}: {count} flow runs; {whose}: {other}",
        "{name}: {count} task run; {whose}: {other}",
        "{name}: {count} task runs; {whose}: {other}",
        "{name}: {count} run; {whose}: {other}",
        "{name}: {count} runs; {whose}: {other}",
        "{name}: {count} step; {whose}: {other}",
        "{name}: {count} steps; {whose}: {other}",
        "{name}: {count} MLflow run; {whose}: {other}",
        "{name}: {count} MLflow runs; {whose}: {other}",
        "{title}: {row}; {whose}: {other}",
        # How a length is written: what stands between its digits. `timeline.said` writes them.
        "1.5 s",
    ),
)
_LENGTH = re.compile(r"(?<![\w.])(\d+)\.(\d+)(?= (?:ms|s|min|h)\b)")


class Say:
    """Says texts of a replay in one language."""

    def __init__(self, language: Language = "en") -> None:
        """Choose the language."""
        self.language = language

    def __call__(self, text: str) -> str:
        """Return a text as it is said there; as it is what nobody says there."""
        if self.language == "en":
            return text
        mark = _WORDS[self.language]["1.5 s"][1]
        return _LENGTH.sub(rf"\1{mark}\2", _translator(self.language).translate(text))


@functools.lru_cache(maxsize=8)
def _translator(language: Language) -> Translator:
    return Translator(*(said_by_dojo(language, part) for part in (_WORDS.part, AROUND, None)))
