"""Take the one file of a kata out of what a learner handed in; nothing else of it."""

from __future__ import annotations

import codecs
import collections
import difflib
import io
import re
import tokenize
from collections.abc import Iterable, Sequence

from dojo.catalog.kata import Kata
from dojo.intake.archives import MOST_SOURCE_BYTES, Handed, Unreadable
from dojo.intake.given_names import (
    is_of_the_system,
    own_name,
    read_plain_name,
    read_platform_name,
    stem_of_archive,
)

# What lies at the top of a checkout beside the katas is no learner.
OF_A_CHECKOUT = {"benchmarks", "build", "docs", "dojo", "reference", "tests"}
_LEFT_OUT = ("conftest.py", "pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml")
_LEFT_OUT_ENDINGS = (".so", ".pyd", ".pyc", ".pth")
# What people save text in. Others can be named too: to read `punycode` takes minutes a megabyte.
_OF_TEXT = re.compile(
    "utf-?8|ascii|iso|latin|cp|windows|mac|koi8|gb|big5|euc|shift|johab|tis|kz|hz"
)
_MOST_LIKELY = 200  # to look at one as closely as that takes 50 µs a kata
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def place_of(kata: Kata, names: Iterable[str]) -> str | None:
    """Return the name of the kata's file among those handed in: the shallowest that fits."""
    endings = (
        f"katas/{kata.name}/{kata.slug}.py",
        f"{kata.name}/{kata.slug}.py",
        f"{kata.slug}.py",
    )
    names = list(names)
    for ending in endings:
        fits = [name for name in names if name == ending or name.endswith(f"/{ending}")]
        if ending == endings[-1]:  # a bare file: at the top, or in the one folder at the top
            fits = [name for name in fits if name.count("/") <= 1]
        if fits:
            return min(fits, key=lambda name: (name.count("/"), name))
    return None


def copy_of(kata: Kata, names: Iterable[str]) -> str | None:
    """Return what is the kata's file but for what a browser added: `retries (2).py`, alone."""
    bare = [name for name in names if name.count("/") <= 1]
    copies = [
        name
        for name in bare
        if own_name(name.rsplit("/", 1)[-1], [kata])[0] == f"{kata.slug}.py"
        and not any(map(is_of_the_system, name.split("/")))
    ]
    return copies[0] if len(copies) == 1 else None


def near_misses(kata: Kata, names: Iterable[str]) -> list[str]:
    """Return what was perhaps meant to be the kata's file."""
    inside = {name.rsplit("/", 1)[-1] for name in names}
    likely = [one for one in sorted(inside) if one.endswith(".py") or kata.slug in one]
    likely = sorted(likely, key=lambda one: kata.slug not in one)[:_MOST_LIKELY]
    return difflib.get_close_matches(f"{kata.slug}.py", likely, n=1, cutoff=0.6)


def holders_within(names: Iterable[str], katas: Sequence[Kata]) -> list[str]:
    """Name those who handed in, where one hand-in holds those of several.

    Args:
        names: The files of the hand-in.
        katas: The catalogue.

    Returns:
        What lies at its top and is a hand-in by itself: folders with the same kata, archives,
        files that a platform named. Empty when it is one learner's.
    """
    names = {one for one in names if not any(map(is_of_the_system, one.split("/")))}
    if any(f"{top}{kata.name}/{kata.slug}.py" in names for kata in katas for top in ("", "katas/")):
        return []
    if any(f"{kata.slug}.py" in names for kata in katas):
        return []
    inside: dict[str, list[str]] = collections.defaultdict(list)
    flat = []
    for name in names:
        top, slash, rest = name.partition("/")
        if slash:
            inside[top].append(rest)
        else:
            flat.append(name)
    if len(inside) == 1 and not flat:
        return holders_within(next(iter(inside.values())), katas)
    holders = set()
    for kata in katas:
        theirs = {top for top in inside.keys() - OF_A_CHECKOUT if place_of(kata, inside[top])}
        holders |= theirs if len(theirs) > 1 else set()
    if not holders and any(place_of(kata, names) for kata in katas):
        return []
    for name in flat:
        given = read_platform_name(name, katas, is_folder=False) or read_plain_name(name, katas)
        who = given.who if given else stem_of_archive(name)
        holders |= {who} if who else set()
    return sorted(holders) if len(holders) > 1 else []


def take(kata: Kata, place: str | None, handed: Handed) -> bytes:
    """Read a kata's file.

    Raises:
        Unreadable: It is not there, or is no Python text.
    """
    if place is None:
        wanted = f"katas/{kata.name}/{kata.slug}.py"
        meant = _meant(kata, handed.names)
        raise Unreadable(f"{wanted} is not there{meant}")
    content = handed.read(place)
    name = place.rsplit("/", 1)[-1]
    if len(content) > MOST_SOURCE_BYTES:
        raise Unreadable(
            f"{name} is longer than {MOST_SOURCE_BYTES >> 20} MB: hand in the code only"
        )
    if not content.strip():
        raise Unreadable(f"{name} is empty: was it saved?")
    if b"\0" in content:
        raise Unreadable(f"{name} is not Python text (NUL bytes): save it as UTF-8")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        if not _OF_TEXT.match(codecs.lookup(encoding).name):
            raise LookupError(encoding)
        content.decode(encoding)
    except (SyntaxError, ValueError, LookupError):
        raise Unreadable(f"{name} is not Python text: save it as UTF-8") from None
    return content


def _meant(kata: Kata, names: Iterable[str]) -> str:
    """Say what is there instead of a kata's file, and how it would be read."""
    inside = sorted({name.rsplit("/", 1)[-1] for name in names})
    inside = [name for name in inside if not is_of_the_system(name)]
    for name in inside:
        if stem_of_archive(name):
            return f"; there is {name!r}: unpack it"
    sources = [name for name in inside if name.endswith(".py")]
    near = near_misses(kata, inside) or (sources if len(sources) == 1 else [])
    if near and near[0].endswith(".ipynb"):
        return f"; there is {near[0]!r}, a notebook: hand in its code, saved as {kata.slug}.py"
    return f"; there is {near[0]!r}: if that is it, call it {kata.slug}.py" if near else ""


def what_was_left_out(kata: Kata, place: str | None, names: Iterable[str]) -> tuple[str, ...]:
    """Name the files beside the kata's that could steer its tests: they were not taken."""
    if place is None:
        return ()
    folder, _, taken = place.rpartition("/")
    known = {path.name for path in kata.folder.glob("*")} | {f"{kata.slug}.py", taken}
    beside = []
    for name in names:
        where, _, base = name.rpartition("/")
        steers = base in _LEFT_OUT or base.endswith((".py", *_LEFT_OUT_ENDINGS))
        if where == folder and base not in known and steers:
            beside.append(base)
    notes = () if taken == f"{kata.slug}.py" else (f"{taken} was taken for {kata.slug}.py",)
    return (*notes, f"left out: {', '.join(sorted(beside)[:8])}") if beside else notes


def essence(content: bytes) -> bytes:
    """Return what a source says, however its lines end and whether it begins with a mark."""
    text = content.removeprefix(_BYTE_ORDER_MARK)
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip()
