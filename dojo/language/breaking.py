"""Break lines for a terminal where a language allows it: not before a French colon."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

# Rich breaks at these spaces as at any other; so something else stands there meanwhile.
_KEPT = {"\u00a0": "\ue000", "\u202f": "\ue001"}
_HELD, _FREED = str.maketrans(_KEPT), str.maketrans({held: one for one, held in _KEPT.items()})


def broken(text: str, style: str, console: Console, width: int) -> list[Text]:
    """Return a text as lines, broken between words and not at a no-break space.

    Args:
        text: Any text.
        style: Of all of it.
        console: Whose lines they are.
        width: Of a line, in columns.
    """
    lines = Text(text.translate(_HELD), style).wrap(console, width)
    for line in lines:
        line.plain = line.plain.translate(_FREED)
    return list(lines)
