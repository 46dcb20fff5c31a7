"""Make text fit to be shown: short, and of a submission harmless in any file.

What cannot be seen is shown, or gone. Each format then escapes what means something in it; this is
what means something everywhere. To do it twice changes nothing more: a record that is read back
says what was signed.
"""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 10_000

_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles, links
    r"|\x1b[@-Z\\^_]"
)
# A workflow's runner obeys such lines of a log, and `##[` even in the middle of one.
_COMMAND = re.compile(r"^([^\S\n]*)::", re.MULTILINE)
_PERHAPS_UNSEEN = re.compile(r"[^ -~\n\t]")
_PERHAPS_UNSEEN_ON_A_LINE = re.compile(r"[^ -~]")
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_LEFT_OUT = re.compile(r" \[\d+ characters left out\]\Z")
_LONGEST_LEFT_OUT = 40


def plain(text: str, most: int = MOST_CHARACTERS) -> str:
    r"""Return text without terminal sequences, with what cannot be seen written as `\u202e`.

    Args:
        text: Anything.
        most: Characters to keep; the end says how many were left out.

    Returns:
        Text of printable characters, line feeds and tabs, valid in XML 1.0 and UTF-8, in which no
        line is a command to the runner of a workflow.
    """
    if len(text) <= most and _is_plain(text.replace("\n", "").replace("\t", "")):
        return text
    text = _ANSI.sub("", text).replace("\r\n", "\n")
    head = _PERHAPS_UNSEEN.sub(lambda found: _shown(found[0]), text[: most + _LONGEST_LEFT_OUT])
    head = _without_commands(head)
    cut_before = _LEFT_OUT.search(head)
    length = cut_before.start() if cut_before else len(head)
    if length <= most and len(text) <= most + _LONGEST_LEFT_OUT:
        return head
    return f"{head[:most]} [{max(len(text), len(head)) - most} characters left out]"


def one_line(text: str, most: int = 500) -> str:
    """Return `plain` text on one line."""
    return " ".join(plain(text, most).split())


def name(text: str) -> str:
    """Return a name with what cannot be seen shown, and nothing left out: two names stay two."""
    if _is_plain(text):
        return text
    shown = _PERHAPS_UNSEEN_ON_A_LINE.sub(lambda found: _shown(found[0]), text)
    return _without_commands(shown)


def in_a_list(name: str) -> tuple[str, str]:
    """Return what names are sorted by: Élodie stands between Dan and Eve, whatever the case."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(one for one in letters if not unicodedata.combining(one)), name


def with_log(why: str, end: str) -> str:
    """Return why a process of ours failed, with what the end of its log adds to that, if any."""
    return f"{why}; its log ends: {end}" if end else why


def shorten(text: str, most: int) -> str:
    """Return a text, a long one without its middle: the end of a message says what to do.

    Args:
        text: Perhaps a library's, of any length.
        most: About how many characters to keep.

    Returns:
        The text, or a third of that from its beginning and two from its end.
    """
    if len(text) <= most:
        return text
    head = most // 3
    return f"{text[:head]} [...] {text[head - most :]}"


def _is_plain(text: str) -> bool:
    """Say so of what needs no closer look: nearly all there is."""
    return text.isprintable() and "::" not in text and "##[" not in text


def _without_commands(text: str) -> str:
    return _COMMAND.sub(r"\1: :", text).replace("##[", "## [")


def _shown(one: str) -> str:
    is_unseen = unicodedata.category(one) in _UNSEEN or ord(one) & 0xFFFE == 0xFFFE
    return f"\\u{ord(one):04x}" if is_unseen else one
