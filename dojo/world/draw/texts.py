"""Draw texts as errors have them: what breaks an encoding, a template or a count of characters."""

from __future__ import annotations

import random
from collections.abc import Callable

from dojo.world.draw import qualities as q

Streams = Callable[[str], random.Random]

_KINDS: dict[str, tuple[str, ...]] = {
    q.TEXT_QUOTES: ("no column \"tarif\" in 'clients'", "\"'août'\" is no month", 'said "no"'),
    q.TEXT_BACKSLASHES: (
        r"no file Z:\new\table.csv",
        r"bad escape \d at 7",
        r"\\share\tarifs\users",
    ),
    q.LINE_BREAKS: ("two faults:\n\tthe first\r\n\tthe second", "line one\n\nline three"),
    q.TEXT_ACCENTS: ("clé « numéro » à Besançon", "Łódź is no 東京", "straße déjà démontée"),
    q.BRACES: ("{tariff} is 100% {of} {0} {{text}}", "%s of %(count)d, {}", "${HOME} {url!r} 5%"),
    q.COLOURS: ("\x1b[31mshare\x1b[0m is gone", "\x1b[1;33mwarned\x1b[0m\x07 twice"),
    q.WIDE_SIGNS: ("the share 💾 is gone 🔥", "🧊 is no number 🚫"),
}


def draw_texts(streams: Streams, on: frozenset[str], limit: int | None) -> dict[str, str]:
    """Draw texts, one of each kind; those about a limit only if there is one.

    Args:
        streams: Gives a quality its own random numbers.
        on: The qualities.
        limit: How many characters may be said at once.

    Returns:
        The quality, and a text that has it. There is always the key ``: a tame one.
    """
    word = "".join(streams("text").choice("bcdfgkmnprt") + vowel for vowel in "aeiou")
    start = f"{word} failed: "
    texts = {"": f"{start}2 of 3 models"}
    texts |= {kind: start + streams(kind).choice(_KINDS[kind]) for kind in _KINDS}
    if limit is not None:
        room = limit - len(start)
        # Cut wherever: of a letter of two bytes, or a sign of four, one of two texts is torn.
        texts |= {
            q.JUST_FITS: start + "x" * room,
            q.ONE_TOO_LONG: start + "x" * (room + 1),
            q.FAR_TOO_LONG: start + "traceback " * limit,
            q.ACCENTS_AT_THE_CUT: start + "é" * limit,
            q.ACCENTS_AT_THE_CUT_TOO: f"{start} " + "é" * limit,
            q.WIDE_AT_THE_CUT: start + "🔥" * limit,
            q.WIDE_AT_THE_CUT_TOO: f"{start} " + "🔥" * limit,
        }
    return {kind: text for kind, text in texts.items() if not kind or kind in on}
