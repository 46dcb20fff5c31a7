"""The commands of `dojo` on a learner's own folder: make, update, put a file back, compare."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dojo.catalog.handed_out import known_stub
from dojo.catalog.kata import Kata
from dojo.catalog.progress import record_seen, standing
from dojo.cli.learn import AsJson, Lang, Name, catalogue, choose, print_json
from dojo.ground.exits import Exit, Stop, check_choice
from dojo.ground.paths import find_root
from dojo.place import environment
from dojo.place.bringing import bring
from dojo.place.environment import NotInstalled, TrackMissing
from dojo.place.shape import EXTRAS
from dojo.place.state import PlaceError, Workspace, check_new, own_version, workspace_at
from dojo.terminal import screen as show
from dojo.terminal.asking import says_yes

if TYPE_CHECKING:
    from dojo.place.resets import Reset

app = typer.Typer(rich_markup_mode=None)

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


NoVenv = Annotated[
    bool, typer.Option("--no-venv", help="Leave .venv, and the packages in it, to you.")
]


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="New, or empty.")],
    track: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only its katas, and its packages.")
    ] = None,
    lang: Lang = None,
    no_venv: NoVenv = False,
) -> int:
    """Make a folder of your own: pages, files to fill, tests, packages in a .venv, a Git history.

    Given again after it was ended halfway it goes on.
    """
    from dojo.place.pack import check_track, languages_handed_out, read_pack

    screen = show.Screen()
    with faults_of_the_place():
        check_track(track)
        asked = Workspace(dojo="0", lang=lang, track=track)
        check_choice("--lang", lang or "en", languages_handed_out())
        if lang is not None:
            show.Screen.speak(lang)
        root = folder.absolute()
        known = check_new(root)
        asked = known or asked
        if known is None or known.half:
            pack = read_pack(asked.track, asked.lang)
            root.mkdir(parents=True, exist_ok=True)
            bring(root, pack, asked, screen.say)
        begun = screen.words(f"Begin with the katas of ml-dojo {own_version()}")
        environment.begin_history(root, begun)
        lacks_packages = not no_venv and not environment.is_ready(root, asked.track)
        if known is not None and not known.half and not lacks_packages:
            said = f"{str(root)!r} is a workspace already"
            raise Stop(Exit.USAGE, f"{said}; in it 'dojo update' brings newer katas")
        if lacks_packages:
            environment.make(root, asked.track, show.Screen(sys.stderr).say)
    where = show.shown(root)
    where = shlex.quote(f"./{where}" if where.startswith("-") else where)
    screen.say(f"Your katas are in {where}.")
    activate = r".venv\Scripts\activate" if os.name == "nt" else ". .venv/bin/activate"
    screen.say(f"Next: cd {where}" + ("" if no_venv else f" && {activate}") + " && dojo")
    return Exit.DONE


@app.command()
def update(no_venv: NoVenv = False) -> int:
    """Bring your workspace to this dojo's pages and tests; what you wrote stays as it is."""
    from dojo.place.pack import read_pack

    root = find_root()
    screen = show.Screen()
    with faults_of_the_place():
        known = workspace_at(root)
        if known is None:
            raise Stop(Exit.USAGE, _NO_WORKSPACE)
        pack = read_pack(known.track, known.lang)
        bring(root, pack, known, screen.say)
        katas = catalogue()
        for kata in katas:
            if standing(kata).changed:
                screen.say(f"{kata.id} has changed since you solved it: dojo run {kata.called}")
        # Where one was never made, it is the learner's.
        if not no_venv and environment.is_made(root):
            environment.make(root, known.track, show.Screen(sys.stderr).say)
    screen.say(f"These are the katas of ml-dojo {pack.version}. Next: dojo")
    return Exit.DONE


_NO_WORKSPACE = (
    "this is no workspace: in a clone 'git pull' brings newer katas;"
    " 'dojo init my-katas' makes a workspace"
)


@app.command()
def install(
    track: Annotated[str, typer.Argument(metavar="TRACK", help=f"One of {', '.join(EXTRAS)}.")],
) -> int:
    """Install the packages of a track into the Python that runs this, with uv or with pip.

    The first track's come with the dojo; 'dojo' asks when you first open a kata of another one.
    """
    check_choice("TRACK", track, EXTRAS)
    with faults_of_the_place():
        environment.add(find_root(), track, show.Screen(sys.stderr).say)
    show.Screen().say("Installed. Next: dojo")
    return Exit.DONE


def install_if_wanted(missing: TrackMissing) -> None:
    """Ask whether the packages of a track that was opened first are to be installed, and do it.

    Raises:
        Stop: Nobody can be asked, or they are not wanted: it says the command to type.
    """
    if not is_terminal():
        raise Stop(Exit.ENVIRONMENT, str(missing))
    question = f"{missing.kata.id} needs {', '.join(missing.names)}. Install now (some minutes)?"
    if not says_yes(question, default=True):
        raise Stop(Exit.UNCONFIRMED, f"nothing was installed; later: {missing.cure}")
    with faults_of_the_place():
        say = show.Screen(sys.stderr).say
        if missing.kata.pack.is_own:
            environment.add(missing.kata.root, missing.extra, say)
        else:
            environment.add_named(missing.kata.root, missing.names, say)


@app.command()
def reset(
    kata: Name = None,
    task: Annotated[
        int | None, typer.Option(metavar="N", help="Only the functions of this task.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show the backups, newest last.")] = False,
    restore: Annotated[
        str | None, typer.Option(metavar="NAME", help="Put a backup back; see --list.")
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> int:
    """Put your file of a kata back to its stub, or to a backup; what is there is kept as one.

    It asks first; without a terminal give --yes.
    """
    from dojo.place import resets

    katas = catalogue()
    if listed:
        return _list_backups(katas, kata, as_json)
    with faults_of_the_place():
        if restore is not None:
            plan = resets.backup_called(katas[0].root, katas, restore)
            what, again = f"with the backup {restore}", f"dojo reset --restore {restore}"
        else:
            if kata is None:
                raise Stop(Exit.USAGE, "which kata? 'dojo reset 02' puts one back to its stub")
            chosen = choose(katas, kata)
            plan = resets.whole(chosen) if task is None else resets.of_task(chosen, task)
            what, again = "with the stub", f"dojo reset {chosen.called}"
            again += f" --task {task}" if task is not None else ""
        return _carry_out(plan, what, again, yes)


def _carry_out(plan: Reset, what: str, again: str, yes: bool) -> Exit:
    from dojo.place import resets

    screen = show.Screen()
    file = show.shown(plan.kata.stub_file)
    for remark in plan.remarks:
        screen.say(f"Note: {remark}")
    if not plan.changes:
        screen.say(f"There is nothing to put back: {file} has it already.")
        return Exit.DONE
    part = f"{', '.join(plan.names)} in {file}" if plan.names else file
    confirm(f"Replace {part} {what}? What is there is kept as a backup.", again, yes)
    kept = resets.carry_out(plan)
    screen.say(f"Put back: {part}")
    if kept is not None:
        screen.say(f"Kept: {show.shown(kept.path)}. Undo: dojo reset --restore {kept.name}")
    return Exit.DONE


def _list_backups(katas: list[Kata], kata: str | None, as_json: bool) -> Exit:
    from dojo.place import backups

    chosen = None if kata is None else choose(katas, kata).name
    every = backups.found(katas[0].root, chosen)
    if as_json:
        told = [{"name": one.name, "kata": one.kata, "path": str(one.path)} for one in every]
        return print_json({"backups": told})
    screen = show.Screen()
    for one in every:
        screen.say(one.name)
    if every:
        screen.say()
        screen.say(f"Put one back: dojo reset --restore {every[-1].name}")
    else:
        screen.say("There is no backup: 'dojo reset' and 'dojo update' make them.")
    return Exit.DONE


@app.command()
def solution(kata: Name = None, yes: Yes = False, as_json: AsJson = False) -> int:
    """Show how your file differs from the reference, function by function.

    Before your kata is solved it asks, and 'dojo list' says that you have seen it.
    """
    from dojo.place.beside import differences

    chosen = choose(catalogue(), kata)
    number = chosen.called
    found = standing(chosen)
    try:
        reference = chosen.reference_file.read_bytes()
    except OSError as error:
        where = str(chosen.reference_file)
        cure = "'dojo update' brings it in a workspace, 'git checkout reference' in a clone"
        raise Stop(Exit.ENVIRONMENT, f"{where!r}: {error.strerror}; {cure}") from None
    if not (found.solved or found.changed or found.seen):
        question = f"{chosen.id} is not solved yet. See the reference all the same?"
        confirm(question, f"dojo solution {number}", yes)
        record_seen(chosen)
    mine = chosen.stub_file.read_bytes() if chosen.stub_file.exists() else b""
    asked = known_stub(chosen.stub_file) or mine
    parts = list(differences(mine, reference, asked, chosen.stub_file.name))
    if as_json:
        return print_json({"kata": chosen.id, "differences": parts})
    screen = show.Screen()
    for lines in parts:
        for at, line in enumerate(lines):
            said = screen.words(line) if at < 2 else line  # whose it is, then code
            screen.put(said, _STYLES.get(line[:1], ""))
        screen.say()
    if not parts:
        screen.say("Your file and the reference are the same.")
    screen.say(f"The whole reference: {show.shown(chosen.reference_file)}")
    return Exit.DONE


_STYLES = {"+": "green", "-": "red", "@": "dim"}


def confirm(question: str, command: str, yes: bool) -> None:
    """Ask before something that a person may not want.

    Raises:
        Stop: They do not; or there is no terminal to ask on, and no `--yes`.
    """
    if yes:
        return
    if not is_terminal():
        said = "nothing was done: there is no terminal to ask on"
        raise Stop(Exit.UNCONFIRMED, f"{said}; '{command} --yes' does it without asking")
    if not says_yes(question):
        raise Stop(Exit.UNCONFIRMED, "nothing was done")


def is_terminal() -> bool:
    """Say whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@contextlib.contextmanager
def faults_of_the_place() -> Iterator[None]:
    """Turn what a learner's folder refuses into one line and an exit code."""
    try:
        yield
    except PlaceError as error:
        is_ours = isinstance(error, NotInstalled)
        raise Stop(Exit.ENVIRONMENT if is_ours else Exit.USAGE, str(error)) from None
    except OSError as error:
        what = f"{str(error.filename)!r}" if error.filename else "the folder"
        said = f"{what} cannot be written: {error.strerror}"
        raise Stop(Exit.ENVIRONMENT, f"{said}; nothing is lost, 'dojo doctor' looks why") from None
