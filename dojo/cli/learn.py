"""The learner's commands of `dojo`: list, run, hint, doctor; what all of them share."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from dojo.catalog.kata import CatalogError, Kata, Language, find_kata, load_catalog
from dojo.catalog.pack import packs_of
from dojo.catalog.progress import solved_tasks, standing, take_over
from dojo.catalog.verdict import KataVerdict
from dojo.catalog.whereabouts import remember_tier
from dojo.ground.exits import Exit, Stop, check_choice
from dojo.ground.paths import find_root
from dojo.language import languages
from dojo.place.state import language_here
from dojo.terminal import screen as show
from dojo.terminal.companion.course import first_unsolved, first_unsolved_task

SCHEMA = 1

app = typer.Typer(rich_markup_mode=None)

# What the help of an option says instead names the languages that there are: see `door`.
CODES = "en|fr"
Name = Annotated[str | None, typer.Argument(metavar="[KATA]", help="02, retries or 02_retries")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]
Lang = Annotated[
    str | None,
    typer.Option("--lang", metavar=CODES, help="Titles and hints; else DOJO_LANG, else LANG."),
]


@app.command("list")
def list_katas(
    context: typer.Context,
    track: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the katas of this track.")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """List all katas, and which of them you have solved."""
    language = language_of(context, lang)
    others = _of_other_packs(find_root())
    katas = catalogue(needed=not others)
    if track is not None:
        check_choice("--track", track, dict.fromkeys(one.track for one in (*katas, *others)))
    every = [one for one in (*katas, *others) if track in (None, one.track)]
    if as_json:
        return print_json(
            {
                "katas": [
                    show.describe(kata, solved_tasks(kata) or [], standing(kata), language)
                    for kata in every
                ]
            }
        )
    screen = show.Screen()
    show.show_catalogue(screen, every, standing, language)
    current = first_unsolved([one for one in every if one in katas]) or first_unsolved(katas)
    current = current or first_unsolved(others)
    screen.say()
    if not katas:  # only packs are installed, and this is no place to work in
        screen.say("Next: 'dojo init my-katas' makes a folder with them.")
    elif current is None:
        screen.say(all_solved(katas))
    else:
        page = show.shown(show.page_of(current, language))
        if current.pack.is_own or find_root(Path.cwd()) == current.root:
            screen.say(f"Next: read {page}, then run: dojo")
        else:
            where = shlex.quote(show.shown(current.root))
            screen.say(f"Next: read {page}, then run: dojo --pack {where}")
    return Exit.DONE


def all_solved(katas: list[Kata], track: str | None = None) -> str:
    """Say that those are solved that one moves among: of a track, of a pack by others, or all."""
    whose = track or ("" if katas[0].pack.is_own else katas[0].pack.name)
    if whose:
        return f"All katas of {whose} are solved. Next: 'dojo run NN' runs one again."
    return "All katas are solved. Next: 'dojo run NN' runs one again."


def _of_other_packs(root: Path) -> list[Kata]:
    """Return the katas of the other packs that are known here; one that is broken has none."""
    found = []
    for pack in packs_of(root)[1:]:
        with contextlib.suppress(CatalogError):
            found += load_catalog(pack.root)
    return found


@app.command()
def run(
    context: typer.Context,
    kata: Name = None,
    solutions: Annotated[
        str,
        typer.Option(
            metavar="WHOSE",
            envvar="DOJO_SOLUTIONS",
            help="What to test: learner, reference, a folder or a file.",
        ),
    ] = "learner",
    every: Annotated[bool, typer.Option("--all", help="Print all messages.")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Run the tests of one kata once: the first unsolved one (or the last) if you name none.

    Ends with 0 if the kata is solved, 1 if it is not.
    """
    from dojo.catalog.solutions import Solutions, SolutionsNotFound

    language = language_of(context, lang)
    katas = catalogue()
    chosen = choose(katas, kata)
    try:
        path = Solutions(solutions).path
    except SolutionsNotFound as error:
        raise Stop(Exit.USAGE, str(error)) from None
    verdict = run_once(chosen, str(path or solutions))
    code = Exit.DONE if verdict.solved else Exit.UNSOLVED
    if as_json:
        print_json(json.loads(verdict.to_json()))
        return code
    screen = show.Screen()
    show.show_verdict(screen, chosen, verdict, language)
    rest = f"'dojo run {chosen.called} --all' shows why"
    show.show_red(screen, chosen, verdict, rest, language, every=every)
    show.show_next_step(screen, chosen, verdict, first_unsolved(katas), language)
    return code


@app.command()
def hint(
    context: typer.Context,
    kata: Name = None,
    task: Annotated[
        int | None, typer.Argument(metavar="[TASK]", help="The task's number, from 1.")
    ] = None,
    tier: Annotated[
        int, typer.Option(min=1, max=3, help="1: where to look; 2: the idea; 3: nearly the line.")
    ] = 1,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Give one hint: for the first unsolved task if you name none."""
    language = language_of(context, lang)
    chosen = choose(catalogue(), kata)
    number = task if task is not None else first_unsolved_task(chosen)
    last = len(chosen.tasks)
    if not 1 <= number <= last:
        it_has = "only task 1" if last == 1 else f"tasks 1 to {last}"
        mended = f"'dojo hint {chosen.called} 1' gives a hint"
        raise Stop(Exit.USAGE, f"{chosen.id!r} has no task {number}, it has {it_has}; {mended}")
    if as_json:
        said = chosen.tasks[number - 1].hints.get(language)[tier - 1]
        return print_json(
            {"kata": chosen.id, "task": number, "tier": tier, "tiers": 3, "hint": said}
        )
    remember_tier(chosen, number, tier)
    screen = show.Screen()
    show.show_hint(screen, chosen, number, tier, language)
    screen.say()
    if tier < 3:
        screen.say(f"Next hint: dojo hint {chosen.called} {number} --tier {tier + 1}")
    else:
        screen.say(f"Next: edit {show.shown(chosen.stub_file)}, then: dojo run {chosen.called}")
    return Exit.DONE


@app.command()
def doctor(as_json: AsJson = False) -> int:
    """Check this machine: Python, packages, ports, folders, and the start of each engine."""
    from dojo.terminal.doctor import NAMES, examine

    checks = []
    screen = show.Screen()
    for check in examine(find_root()):
        checks.append(check)
        if not as_json:
            words = NAMES[screen.language]
            name = words.get(check.name) or screen.words(check.name)
            show.show_check(screen, name + words[": "], check.ok, check.said, check.cure)
    ill = [check for check in checks if not check.ok]
    if as_json:
        print_json({"ok": not ill, "checks": [vars(check) for check in checks]})
    else:
        screen.say()
        screen.say(
            f"Next: do what is said under {ill[0].name!r}, then: dojo doctor"
            if ill
            else "All is well. Next: dojo"
        )
    return Exit.ENVIRONMENT if ill else Exit.DONE


def language_of(context: typer.Context, lang: str | None) -> Language:
    """Return the language of what is said: as asked, as DOJO_LANG or the locale says."""
    asked: str | None = lang or context.find_root().obj or os.environ.get("DOJO_LANG")
    root = find_root()
    if not asked:
        return language_here(root)
    if asked not in languages(root):
        known = " and ".join(f"'--lang {one}'" for one in languages(root))
        raise Stop(Exit.USAGE, f"there is no language {asked!r}; {known} are")
    show.Screen.speak(asked)
    return asked


def catalogue(*, needed: bool = True) -> list[Kata]:
    """Return the katas from here upwards; none, if none is needed.

    Raises:
        Stop: There is none, or one breaks a rule.
    """
    root = find_root()
    try:
        katas = load_catalog(root)
    except CatalogError as error:
        raise Stop(Exit.AUTHOR_ERROR, f"{error}; 'git diff katas' shows what changed") from None
    if not katas and needed:
        where = str(root / "katas")
        cure = "'dojo init my-katas' makes a folder with them"
        raise Stop(Exit.ENVIRONMENT, f"no kata is in {where!r}; {cure}")
    take_over(katas)
    return katas


def choose(katas: list[Kata], name: str | None) -> Kata:
    """Return the kata of that name; the first unsolved one for none.

    Raises:
        Stop: There is none.
    """
    if name is None:
        return first_unsolved(katas) or katas[-1]
    try:
        return find_kata(katas, name)
    except CatalogError as error:
        raise Stop(Exit.USAGE, str(error)) from None


def run_once(kata: Kata, solutions: str) -> KataVerdict:
    """Run a kata's tests in a pytest of its own.

    Args:
        kata: The kata.
        solutions: Whose.

    Raises:
        Stop: There is no verdict.
    """
    from dojo.warm.client import run_cold

    if sys.stderr.isatty():
        show.Screen(sys.stderr).say(f"Running the tests of {kata.id} ...", "dim")
    verdict = run_cold(kata.root, kata, solutions)
    if verdict.fault:
        cure = "'dojo doctor' looks for the cause"
        raise Stop(Exit.ENVIRONMENT, f"{kata.id} has no verdict: {verdict.fault}; {cure}")
    return verdict


def print_json(record: dict[str, Any]) -> Exit:
    """Print a record with the number of its schema."""
    show.Screen().say_json({"schema": SCHEMA, **record})
    return Exit.DONE
