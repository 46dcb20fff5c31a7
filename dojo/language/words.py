"""Say by name what a room says in many places: English beside its code, the rest in a catalogue.

Unlike the sentences of a red message nothing is found again here: what is said is looked up whole,
so it may be a single word. Each table is a part of the catalogue of `dojo`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dojo.language import said_by_dojo
from dojo.language.templates import Template

if TYPE_CHECKING:
    from dojo.catalog.kata import Language


class WordTable:
    """A table of texts: `WORDS["fr"]["title"]`."""

    def __init__(self, part: str, english: Mapping[str, str] | Iterable[str]) -> None:
        """Remember what is said.

        Args:
            part: The part of the catalogue that has it in other languages.
            english: Texts by name; or texts that are their own names.
        """
        self.part = part
        self.english = english if isinstance(english, Mapping) else {text: text for text in english}

    def __getitem__(self, language: Language) -> Mapping[str, str]:
        """Return the texts in a language, by name; in English what nobody says there."""
        if language == "en":
            return self.english
        known = said_by_dojo(language, self.part)
        return {name: known.get(text) or text for name, text in self.english.items()}


def tables_in(file: Path) -> Iterator[tuple[str, list[Template]]]:
    """Yield the part and the texts of each table of a Python file, which is never run."""
    source = file.read_bytes()
    for node in ast.walk(ast.parse(source)) if b"WordTable(" in source else ():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id != "WordTable" or len(node.args) != 2:
            continue
        part, texts = node.args
        if isinstance(part, ast.Constant):
            each = texts.values if isinstance(texts, ast.Dict) else getattr(texts, "elts", [])
            found = (one for one in each if isinstance(one, ast.Constant))
            yield str(part.value), [Template(str(one.value), one.lineno) for one in found]
