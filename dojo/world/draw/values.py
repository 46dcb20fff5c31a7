"""Draw settings, names and moments."""

from __future__ import annotations

import copy
import datetime as dt
import random
import re
from collections.abc import Callable
from typing import Any

from dojo.world.draw import qualities as q

# Two names each that are one to a digest of 32 bits: CRC-32, Adler-32, and the first eight digits
# of MD5, SHA-1, SHA-256, SHA-512 and BLAKE2b.
SAME_SHORT_DIGEST = (
    ("plumless", "buckeroo"),
    ("manual__120", "manual__201"),
    ("manual__17538", "manual__47382"),
    ("manual__61363", "manual__135842"),
    ("manual__23005", "manual__60123"),
    ("manual__66870", "manual__180144"),
    ("manual__53797", "manual__129941"),
)

Streams = Callable[[str], random.Random]


def draw_settings(streams: Streams) -> dict[str, Any]:
    """Draw settings as a training has them: flat ones, a list, a long text, a dict in a dict."""
    rng = streams("settings")
    how = rng.choice(("mean", "median"))  # twice one object, as in settings that code writes
    return {
        "n_estimators": 1,
        "blanks": how,
        "outliers": how,
        "window": None,
        "learning_rate": rng.randrange(1, 9) / 10,
        "columns": [f"column_{number:02}" for number in rng.sample(range(90), 30)],
        "query": " ".join(f"charges_{rng.randrange(99)} > {number}" for number in range(40)),
        "split": {"by": {"seed": rng.randrange(10**6), "folds": [1, 2, 3]}, "within": {}},
    }


def draw_other_settings(
    streams: Streams, on: frozenset[str], settings: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Change settings in one way each; those that are tame are left out.

    Returns:
        The quality, and the settings that have it: equal to none of the others as JSON.
    """
    found = {kind: copy.deepcopy(settings) for kind in q.SETTINGS if kind in on}
    for kind, changed in found.items():
        if kind == q.NESTED:
            changed["split"]["by"]["seed"] += 1
        elif kind == q.LONG_TAIL:
            changed["columns"][-1] += "_b"
            changed["query"] += " "
        elif kind == q.LIST_ORDER:
            changed["split"]["by"]["folds"].reverse()
        elif kind == q.BOOLEANS:
            changed["n_estimators"] = True
        elif kind == q.FLOAT_ONE:
            changed["n_estimators"] = 1.0
        elif kind == q.AS_TEXT:
            changed["n_estimators"] = "1"
        elif kind == q.NULL_GONE:
            del changed["window"]
        elif kind == q.EMPTY_GONE:
            del changed["split"]["within"]
        elif kind == q.DOTTED:
            changed["split.by"] = changed["split"].pop("by")
        elif kind == q.LIST_AS_DICT:
            changed["split"]["by"]["folds"] = {"0": 1, "1": 2, "2": 3}
        else:
            changed["learning_rate"] += 1e-15
    order = list(found)
    streams("order of settings").shuffle(order)
    return {kind: found[kind] for kind in order}


def draw_names(streams: Streams, on: frozenset[str], signs: str) -> dict[str, str]:
    """Draw names, one of each kind that the signs allow.

    Args:
        streams: Gives a quality its own random numbers.
        on: The qualities.
        signs: A regular expression that each sign of a name matches.

    Returns:
        The quality, and a name that has it. There is always the key ``: a tame one.
    """
    word = "".join(streams("name").choice("bcdfgkmnprt") + vowel for vowel in "aeiou")
    every = {
        "": word,
        q.DOTS: streams(q.DOTS).choice((".", "..", "...")),
        q.PLUS: f"{word}+b",
        q.CAPITALS: word.upper(),
        q.SPACES: f"{word} b",
        q.QUOTES: f"{word}'\"b",
        # One accent in one sign, one in two: who makes one form of both names another file.
        q.NAME_ACCENTS: f"{word}\u00e9e\u0301日",
        q.LINE_BREAK: f"{word}\n",
        q.SLASH: f"{word}/../b",
        q.DASH_FIRST: f"-{word}",
        q.VERY_LONG: (word * 20)[:200],
        q.LATE_CHANGE: f"{(word * 20)[:199]}x",
        q.OTHER_DIGIT: word + streams(q.OTHER_DIGIT).choice("٣३７"),  # as `\d` has it
        q.BETWEEN_CASES: word + streams(q.BETWEEN_CASES).choice("[]^`"),  # as `A-z` has it
        # As `[a-z]` has it where case is ignored: one is k in lower case, one is S in upper case.
        q.OTHER_CASE: word + streams(q.OTHER_CASE).choice("\u212a\u017f"),
    }
    return {
        kind: name
        for kind, name in every.items()
        if (not kind or kind in on) and re.fullmatch(f"(?:{signs})*", name)
    }


def draw_times(streams: Streams, on: frozenset[str]) -> dict[str, dt.datetime]:
    """Draw moments in UTC, one of each kind; and under the key `` a tame one, at noon."""

    def at(kind: str, year: int, month: int, day: int, hour: int) -> dt.datetime:
        minute = streams(kind).randrange(1, 59)
        return dt.datetime(year, month, day, hour, minute, tzinfo=dt.timezone.utc)

    every = {
        "": at("", 2026, 6, 17, 12),
        q.BEFORE_MIDNIGHT: at(q.BEFORE_MIDNIGHT, 2026, 6, 17, 22),
        q.AFTER_MIDNIGHT: at(q.AFTER_MIDNIGHT, 2026, 6, 18, 0),
        q.SPRING: at(q.SPRING, 2026, 3, 29, 1),
        q.AUTUMN: at(q.AUTUMN, 2026, 10, 25, streams(q.AUTUMN).choice((0, 1))),
        q.LEAP_DAY: at(q.LEAP_DAY, 2028, 2, 29, 1),
        q.NEW_YEAR: at(q.NEW_YEAR, 2026, 12, 31, 23),
    }
    return {kind: moment for kind, moment in every.items() if not kind or kind in on}
