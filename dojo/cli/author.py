"""The author's commands of `dojo`: check that a kata is proved, put the course on the web."""

from __future__ import annotations

import dataclasses
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from dojo.catalog.kata import CatalogError, Kata, find_kata, load_catalog
from dojo.ground.exits import Exit, Stop
from dojo.ground.paths import find_root
from dojo.language import in_language
from dojo.terminal import screen as show

if TYPE_CHECKING:
    from dojo.author.finding import Finding, Note

SCHEMA = 1

app = typer.Typer(rich_markup_mode=None)


@app.command()
def check(
    katas: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KATA]...", help="02, retries or 02_retries; all if none."),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Wrong answers must leave other tasks alone.")
    ] = False,
    exam: Annotated[
        bool, typer.Option("--exam", help="The examination alone must refuse wrong answers.")
    ] = False,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Judge mutants of the reference, no planted answers.")
    ] = False,
    most: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="So many mutants a kata (60); 0: all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> int:
    """Check katas as their author: files, stub, reference, and each planted answer.

    With --mutants the reference is changed in one place at a time instead, and the tests must see
    each change; with --exam too, the examination alone as well.

    A finding is one line: file, rule, what was seen and what to do. Ends with 0 if there is none,
    4 if there is one.
    """
    from dojo.author.check import check_katas, check_mutants
    from dojo.author.mutants.check import MOST

    if (whole and mutants) or (most is not None and not mutants):
        raise Stop(Exit.USAGE, "'--mutants' goes with '--most', and not with '--whole'")
    root = find_root()
    chosen, found = chosen_katas(root, katas or [])
    told = show.Screen(sys.stderr)
    if told.is_terminal and chosen:
        told.say(f"Checking {', '.join(kata.id for kata in chosen)} ...", "dim")
    options: dict[str, Any] = {"exam": exam, "say": lambda line: told.say(line)}
    if mutants:
        checked = check_mutants(root, chosen, most=MOST if most is None else most, **options)
    else:
        checked = check_katas(root, chosen, whole=whole, **options)
    findings = _tell(chosen, itertools.chain(found, checked), told, as_json=as_json)
    return Exit.AUTHOR_ERROR if findings else Exit.DONE


@app.command()
def site(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where to put it; an older site is replaced.")
    ] = Path("site"),
) -> int:
    """Make a static site of all pages of this folder's katas, in English and French.

    It has no solutions, loads nothing from elsewhere, and needs no server: open index.html. A page
    with a link that leads nowhere is one line, and nothing is put in DIR. Ends with 0 if the site
    is there, 4 if not.
    """
    from dojo.site.building import build_site

    screen = show.Screen()
    root = find_root()
    try:
        faults = build_site(root, load_catalog(root) or _no_kata(root), out)
    except CatalogError as error:
        raise Stop(Exit.AUTHOR_ERROR, str(error)) from None
    for fault in faults:
        screen.say(fault)
    if faults:
        count = len(faults)
        screen.say(counted(count, f"{count} fault", f"{count} faults"))
        return Exit.AUTHOR_ERROR
    screen.say(f"{out / 'index.html'}")
    return Exit.DONE


def _tell(
    katas: list[Kata], found: Iterator[Finding | Note], told: show.Screen, *, as_json: bool
) -> int:
    """Print findings as they come, notes beside them, or all as JSON; return how many they are.

    Raises:
        Stop: No walls can be built.
    """
    from dojo.author.finding import Finding
    from dojo.sandbox.walls import SandboxError

    screen = show.Screen()

    def words(text: str) -> str:
        said, language = screen.words(text), screen.language
        for folder in ("katas", "reference"):  # what is red is said by its tests or its scenarios
            said = in_language(said, find_root() / folder / one.kata, language)
        return said

    record: dict[str, list[dict[str, str]]] = {"findings": [], "notes": []}
    try:
        for one in found:
            is_finding = isinstance(one, Finding)
            record["findings" if is_finding else "notes"].append(dataclasses.asdict(one))
            if is_finding and not as_json:
                screen.put(one.line_in(words))
            elif not as_json:
                told.put(f"dojo: {one.line_in(words)}")
    except SandboxError as error:
        raise Stop(Exit.ENVIRONMENT, str(error)) from None
    count = len(record["findings"])
    if as_json:
        names = [kata.id for kata in katas]
        screen.say_json({"schema": SCHEMA, "katas": names, **record})
    else:
        said = counted(count, f"{count} finding", f"{count} findings")
        screen.say(f"{said} {counted(len(katas), 'in 1 kata', f'in {len(katas)} katas')}")
    return count


def chosen_katas(root: Path, names: list[str]) -> tuple[list[Kata], list[Finding]]:
    """Return the katas that are named, all for no name; and what is wrong with the catalogue."""
    from dojo.author.files import catalogue_reads_and_nothing_is_left_over

    try:
        katas = load_catalog(root)
    except CatalogError:
        return [], catalogue_reads_and_nothing_is_left_over(root)
    if not katas:
        _no_kata(root)
    if not names:
        return katas, catalogue_reads_and_nothing_is_left_over(root)
    try:
        asked = [find_kata(katas, name) for name in names]
    except CatalogError as error:
        raise Stop(Exit.USAGE, str(error)) from None
    return [kata for kata in katas if kata in asked], []


def _no_kata(root: Path) -> NoReturn:
    where = str(root / "katas")
    raise Stop(Exit.ENVIRONMENT, f"no kata is in {where!r}; 'cd' into a clone of the katas")


def counted(number: int, one: str, many: str) -> str:
    """Return the text for one or for many, each of them whole: so both can be translated."""
    return one if number == 1 else many
