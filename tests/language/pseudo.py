"""A language that nobody speaks, `qps`: what is not translated is seen at once there.

Each letter that can have an accent has one, and each text is two fifths longer.
"""

from __future__ import annotations

import re
import string
from pathlib import Path

import polib

from dojo.language.catalogue import HELP, Parts, catalogue_file

PSEUDO = "qps"
# Said in no text of ours as it is: in that language each has an accent.
ENGLISH = re.compile(r"\b(?:the|an|of|and|is|are|to|in|for|with|it|that|or|one|no|not|by|from)\b")
ACCENTS = str.maketrans("aceinostuyACEINOSTUY", "àçéîñöşţüýÀÇÉÎÑÖŞŢÜÝ")
# Names, paths, options and what somebody else has written are in no language.
_NO_WORDS = r"'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`|(?<!\S)--?[a-z-]+|[\w*-]+(?:[./_=][\w*-]+)+"
_WORD = r"(?<![^\W_])(?=[a-zA-Z]*[aceinostuy])[a-zA-Z]{2,}(?![^\W_])"
_TWO_WORDS = re.compile(f"{_WORD} {_WORD}")


def pseudo(text: str) -> str:
    """Write a text in that language; what is put in stays, and so do spaces at its ends."""
    written = ""
    for literal, name, _, _ in string.Formatter().parse(text):
        written += literal.translate(ACCENTS).replace("{", "{{").replace("}", "}}")
        written += "" if name is None else "{" + name + "}"
    body = written.rstrip(" ")
    longer = len(body.strip()) * 2 // 5
    return body + ("~" * longer if longer else "") + written[len(body) :]


def said_so(part: str | None, text: str) -> str:
    """Write a text of one part in that language; a line of help may be shown cut."""
    return text.translate(ACCENTS) if part == HELP and "{" not in text else pseudo(text)


def write_catalogue(folder: Path, parts: Parts) -> None:
    """Write a catalogue in that language, of all that a kata or `dojo` itself says."""
    written = polib.POFile()
    for part, templates in parts.items():
        for text in dict.fromkeys(one.text for one in templates):
            written.append(polib.POEntry(msgid=text, msgstr=said_so(part, text), msgctxt=part))
    written.save(str(catalogue_file(folder, PSEUDO)))


def english_in(shown: str, *allowed: str) -> list[str]:
    """Return the lines that say something in English; what is in quotes is somebody's."""
    bare = re.sub("|".join([r"'[^'\n]*'", r'"[^"\n]*"', r"--[a-z-]+", *allowed]), "", shown)
    return [line for line in bare.splitlines() if ENGLISH.search(line)]


def plain_in(shown: str, *allowed: str) -> list[str]:
    """Return the lines that no catalogue has reached: no accent in them, or two words without one.

    Args:
        shown: What was printed.
        allowed: Patterns of what is in no language, beside names, paths and options.
    """
    bare = re.sub("|".join([*allowed, _NO_WORDS]), "", shown)
    return [
        line
        for line in bare.splitlines()
        if _TWO_WORDS.search(line) or (line.isascii() and re.search(_WORD, line))
    ]
