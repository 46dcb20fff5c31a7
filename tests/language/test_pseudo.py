"""In a language that nobody speaks: all that a test can say is found again, nothing stays English.

Each letter has an accent there, and each text is two fifths longer. So what is not translated is
seen at once, and what no longer fits a line of 80 columns too.
"""

from __future__ import annotations

import re
import string
import textwrap

import pytest

from dojo.catalog.kata import Kata, load_catalog
from dojo.ground.paths import PACKAGE_ROOT
from dojo.language import sources
from dojo.language.catalogue import places
from dojo.language.translating import Translator

KATAS = load_catalog(PACKAGE_ROOT)
OWN = sources.own_parts()[None]
ACCENTS = str.maketrans("aceinostuyACEINOSTUY", "àçéîñöşţüýÀÇÉÎÑÖŞŢÜÝ")
PLAIN = re.compile(r"[a-zA-Z]*[aceinostuy][a-zA-Z]*", re.ASCII)


def pseudo(text: str) -> str:
    """Write a text in that language; what is put in stays, and so do spaces at its ends."""
    written = ""
    for literal, name, _, _ in string.Formatter().parse(text):
        written += literal.translate(ACCENTS).replace("{", "{{").replace("}", "}}")
        written += "" if name is None else "{" + name + "}"
    body = written.rstrip(" ")
    longer = len(body.strip()) * 2 // 5
    return body + ("~" * longer if longer else "") + written[len(body) :]


def filled(text: str) -> str:
    """Put numbers into a template, each another one."""
    values = {name: str(number) for number, name in enumerate(sorted(places(text) or ()), start=41)}
    return text.format(**values)


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)
def test_each_sentence_of_a_kata_is_found_again(kata: Kata) -> None:
    theirs = sources.kata_parts(kata, "fr")[None]
    there = Translator(*({one.text: pseudo(one.text) for one in some} for some in (theirs, OWN)))

    for one in theirs:
        english = filled(one.text)
        said = there.translate(english)
        assert not PLAIN.findall(said), f"{one.text!r} (line {one.line}) became {said!r}"
        numbers = re.findall(r"\d+", english)
        assert sorted(re.findall(r"\d+", said)) == sorted(numbers), said
        assert max(map(len, textwrap.wrap(said, 76)), default=0) <= 76
