"""The author's command of `dojo`: check that a kata is proved."""

from __future__ import annotations

import dataclasses
import itertools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dojo.catalog.kata import CatalogError, Kata, find_kata, load_catalog
from dojo.ground.exits import Exit, Stop
from dojo.ground.paths import find_root
from dojo.terminal import screen as show

if TYPE_CHECKING:
    from dojo.author.finding import Finding

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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> int:
    """Check katas as their author: files, stub, reference, and each planted answer.

    A finding is one line: file, rule, what was seen and what to do. Ends with 0 if there is none,
    4 if there is one.
    """
    from dojo.author.check import check_katas
    from dojo.author.finding import Finding
    from dojo.sandbox.walls import SandboxError

    root = find_root()
    chosen, found = _chosen(root, katas or [])
    screen, told = show.Screen(), show.Screen(sys.stderr)
    record: dict[str, list[dict[str, str]]] = {"findings": [], "notes": []}
    if told.is_terminal and chosen:
        told.say(f"Checking {', '.join(kata.id for kata in chosen)} ...", "dim")
    checked = check_katas(root, chosen, whole=whole, exam=exam, say=lambda line: told.say(line))
    try:
        for one in itertools.chain(found, checked):
            is_finding = isinstance(one, Finding)
            record["findings" if is_finding else "notes"].append(dataclasses.asdict(one))
            if is_finding and not as_json:
                screen.say(one.line)
            elif not as_json:
                told.say(f"dojo: {one.line}")
    except SandboxError as error:
        raise Stop(Exit.ENVIRONMENT, str(error)) from None
    findings = record["findings"]
    if as_json:
        names = [kata.id for kata in chosen]
        screen.say(json.dumps({"schema": SCHEMA, "katas": names, **record}))
    else:
        screen.say(f"{_count(len(findings), 'finding')} in {_count(len(chosen), 'kata')}")
    return Exit.AUTHOR_ERROR if findings else Exit.DONE


def _chosen(root: Path, names: list[str]) -> tuple[list[Kata], list[Finding]]:
    """Return the katas that are named, all for no name; and what is wrong with the catalogue."""
    from dojo.author.files import catalogue_reads_and_nothing_is_left_over

    try:
        katas = load_catalog(root)
    except CatalogError:
        return [], catalogue_reads_and_nothing_is_left_over(root)
    if not katas:
        where = str(root / "katas")
        raise Stop(Exit.ENVIRONMENT, f"no kata is in {where!r}; 'cd' into a clone of the katas")
    if not names:
        return katas, catalogue_reads_and_nothing_is_left_over(root)
    try:
        asked = [find_kata(katas, name) for name in names]
    except CatalogError as error:
        raise Stop(Exit.USAGE, str(error)) from None
    return [kata for kata in katas if kata in asked], []


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
