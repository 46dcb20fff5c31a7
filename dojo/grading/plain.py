"""Make text of a submission harmless in any file: what cannot be seen is shown, or gone.

Each format then escapes what means something in it; this is what means something everywhere.
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
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def plain(text: str, most: int = MOST_CHARACTERS) -> str:
    r"""Return text without terminal sequences, with what cannot be seen written as `\u202e`.

    Args:
        text: Anything.
        most: Characters to keep; the end says how many were left out.

    Returns:
        Text of printable characters, line feeds and tabs, valid in XML 1.0 and UTF-8, in which no
        line is a command to the runner of a workflow.
    """
    text = _ANSI.sub("", text).replace("\r\n", "\n")
    left_out = len(text) - most
    if left_out > 0:
        text = f"{text[:most]} [{left_out} characters left out]"
    text = _PERHAPS_UNSEEN.sub(lambda found: _shown(found[0]), text)
    return _COMMAND.sub(r"\1: :", text).replace("##[", "## [")


def one_line(text: str, most: int = 500) -> str:
    """Return `plain` text on one line."""
    return " ".join(plain(text, most).split())


def _shown(one: str) -> str:
    is_unseen = unicodedata.category(one) in _UNSEEN or ord(one) & 0xFFFE == 0xFFFE
    return f"\\u{ord(one):04x}" if is_unseen else one
