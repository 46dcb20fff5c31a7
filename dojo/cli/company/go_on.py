"""The bare `dojo`, and `dojo watch`: keep a learner company, or say once where they are."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable

import typer

from dojo.catalog.kata import Kata, Language
from dojo.catalog.progress import standing
from dojo.catalog.verdict import KataVerdict
from dojo.cli.learn import (
    Lang,
    Name,
    all_solved,
    catalogue,
    choose,
    language_of,
    run_once,
)
from dojo.ground.exits import Exit, Stop, check_choice
from dojo.language import mistake_in
from dojo.terminal import screen as show
from dojo.terminal.companion.course import first_unsolved, where_to_begin
from dojo.terminal.companion.session import keep_company

app = typer.Typer(rich_markup_mode=None)


def go_on(
    context: typer.Context, lang: str | None, kata: str | None, track: str | None, plain: bool
) -> int:
    """Keep a learner company where there is a terminal; else say where they are, once.

    Args:
        context: Of the command.
        lang: The language that was asked for.
        kata: The name of the kata to begin at; None: where one was.
        track: The only track to move in; None: all.
        plain: Say lines only.
    """
    language = language_of(context, lang)
    katas, chosen = _choose(kata, track)
    if sys.stdin.isatty() and sys.stdout.isatty():
        keep_company(katas, chosen, language, plain=plain, alike=Recogniser(language))
    else:
        _say_once(katas, chosen or where_to_begin(katas), language, track)
    return Exit.DONE


@app.command()
def watch(context: typer.Context, kata: Name = None, lang: Lang = None) -> int:
    """Run the tests of a kata whenever you save its file, and say lines only; Ctrl-C ends it.

    What 'dojo --plain' does, also without a terminal: into a log, or a window of your editor.
    """
    language = language_of(context, lang)
    katas, chosen = _choose(kata, None)
    keep_company(katas, chosen, language, plain=True, alike=Recogniser(language))
    return Exit.DONE


def _choose(name: str | None, track: str | None) -> tuple[list[Kata], Kata | None]:
    """Return the katas to move among, and the one to begin at; None: where one was."""
    katas = catalogue()
    if track is not None:
        check_choice("--track", track, katas[0].pack.tracks)
        of_track = [kata for kata in katas if kata.track == track]
        if not of_track:
            there = ", ".join(sorted({kata.track for kata in katas}))
            raise Stop(Exit.USAGE, f"no kata here is of the track {track!r}; there are: {there}")
        chosen = choose(katas, name) if name is not None else None
        if chosen is not None and chosen not in of_track:
            raise Stop(Exit.USAGE, f"{chosen.id!r} is of the track {chosen.track!r}, not {track!r}")
        return of_track, chosen
    return katas, choose(katas, name) if name is not None else None


class Recogniser:
    """Tells which known mistakes a task behaves like; reads what is known of a kata once."""

    def __init__(self, language: Language) -> None:
        """Read nothing yet: what is needed for it is slow to import.

        Args:
            language: Of what it tells.
        """
        self._language = language
        self._known: dict[str, Callable[[KataVerdict, int], list[str]]] = {}

    def __call__(self, kata: Kata, verdict: KataVerdict, task: int) -> list[str]:
        """Return a sentence a mistake; none where nothing is recognised."""
        from dojo.mistakes.hinting import known_mistakes

        if kata.id not in self._known:
            self._known[kata.id] = lambda *_: []  # where an answer cannot be read
            with contextlib.suppress(OSError, ValueError):
                self._known[kata.id] = known_mistakes(kata)
        told = self._known[kata.id](verdict, task)
        return [mistake_in(one, kata.folder, self._language) for one in told]


def _say_once(katas: list[Kata], current: Kata, language: Language, track: str | None) -> None:
    screen = show.Screen()
    for kata in katas:
        screen.say(f"{show.shown(kata.folder)}  {screen.words(standing(kata).said)}")
    screen.say()
    if first_unsolved(katas) is None:
        screen.say(all_solved(katas, track))
        return
    verdict = run_once(current, "learner")
    show.show_heading(screen, current, language)
    for test in verdict.red:
        show.show_test(screen, test)
    show.show_waiting(screen, current, verdict)
    show.show_red(
        screen, current, verdict, f"'dojo run {current.called} --all' shows why", language
    )
    show.show_next_step(screen, current, verdict, first_unsolved(katas), language)
