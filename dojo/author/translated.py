"""Check that what a kata says is said in each language that it has begun."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dojo.author.finding import Fault, rule
from dojo.catalog.kata import Kata
from dojo.language.catalogue import KATA, CatalogueError, Parts, faults
from dojo.language.sources import begun, exam_catalogue, exam_parts, kata_catalogue, kata_parts

_CURES = {
    "missing": "say it there: `dojo translate` writes the entries that are to be filled",
    "stale": "nobody says it any more: `dojo translate` removes it",
    "places": "put in what the English puts in, by the same names",
    "gap": "begin it as the English does, `TODO(kata): `, or the gap is not found by `dojo reset`",
}
_MOST = 5


@rule
def messages_are_translated(kata: Kata) -> Iterator[Fault]:
    """Ask of each catalogue beside the tests that it has all that they and the stub say, no more.

    Of a language without one, in which there is a page or a title, titles and hints are asked for.
    """
    for language in begun(kata):
        parts = kata_parts(kata, language)
        file = kata_catalogue(kata, language)
        if file.is_file():
            yield from _wrong(file, file, parts)
        else:
            yield from _wrong(kata.folder / "kata.toml", file, {KATA: parts[KATA]})
        exam = exam_catalogue(kata, language)
        if exam.is_file():
            yield from _wrong(exam, exam, exam_parts(kata))


def _wrong(blamed: Path, file: Path, parts: Parts) -> Iterator[Fault]:
    try:
        found = list(faults(file, parts))
    except CatalogueError as error:
        yield Fault(file, str(error), "write it anew with `dojo translate`")
        return
    for one in found[:_MOST]:
        yield Fault(blamed, f"{one.kind}: {one.text}", _CURES[one.kind])
    if len(found) > _MOST:
        yield Fault(blamed, f"{len(found) - _MOST} entries more are wrong", "mend these first")
