"""The command line `dojo`: what every command shares; whatever ends one, a line and an exit code.

Results go to standard output, everything else to standard error. Rooms that are slow to import
are imported by the command that needs them, so that `dojo list` answers at once.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from dojo.catalog.pack import own_pack
from dojo.cli import author, grade, learn, marks, mistakes, place, records
from dojo.cli.company import attempts, go_on
from dojo.cli.languages import commands as languages
from dojo.cli.languages.helping import speak_help
from dojo.cli.packs import new
from dojo.cli.packs.entering import IN_A_PACK, entered
from dojo.cli.seen import examine, replay
from dojo.ground import interrupts
from dojo.ground.exits import Exit, Stop
from dojo.ground.paths import find_root
from dojo.place.environment import TrackMissing
from dojo.terminal import screen as show

_KATA = "--kata"
_WITH_VALUE = ("--lang", "--track", _KATA)


class _Door(TyperGroup):
    """Turns whatever ends a command into one line and one exit code."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line; see `click.Command.main`."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        main = super().main
        given = args[0] if args else extra.pop("args", None)
        words = sys.argv[1:] if given is None else list(given)
        is_program = extra.pop("standalone_mode", True)
        extra.update(prog_name="dojo", standalone_mode=False)

        def run() -> Any:
            with entered(words) as left:
                speak_help(self, left, find_root())
                return main(left, **extra)

        with interrupts.noted():
            code = _guard(run)
        if is_program:
            sys.exit(code)
        return code

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take `dojo 13` and `dojo json/01` for what is meant: no command is called like that."""
        before = ""
        for at, word in enumerate(args):
            if not word.startswith("-") and before not in _WITH_VALUE:
                if word[:1].isdigit() or IN_A_PACK.fullmatch(word):
                    args = [*args[:at], _KATA, *args[at:]]
                break
            before = word
        return super().parse_args(ctx, args)


def _guard(run: Callable[[], Any]) -> int:
    from dojo.ground.exits import EngineError

    try:
        return _with_packages(run)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "dojo"
        said = " ".join(error.format_message().split()).rstrip(".")
        if said.endswith("?"):
            return _complain(Exit.USAGE, said, f"'{command} --help' says what there is")
        return _complain(Exit.USAGE, f"{said}; '{command} --help' says what there is")
    except Stop as stop:
        return _complain(stop.code, str(stop))
    except EngineError as error:
        return _complain(Exit.ENVIRONMENT, str(error))
    except (KeyboardInterrupt, typer.Abort):
        return _complain(Exit.INTERRUPTED, "interrupted; 'dojo' goes on where you were")
    except BrokenPipeError:
        show.silence_stdout()
        return Exit.DONE


def _with_packages(run: Callable[[], Any]) -> int:
    """Run a command; once more where it lacked packages that are installed then."""
    try:
        code = int(run() or Exit.DONE)
    except TrackMissing as missing:
        place.install_if_wanted(missing)
        try:
            code = int(run() or Exit.DONE)
        except TrackMissing as still:
            raise Stop(Exit.ENVIRONMENT, str(still)) from None
    if code == Exit.INTERRUPTED:
        raise KeyboardInterrupt  # Typer has turned it into this code, without a word
    return code


def _complain(code: Exit, *sentences: str) -> Exit:
    screen = show.Screen(sys.stderr)
    screen.put(f"dojo: {' '.join(map(screen.words, sentences))}")
    return code


app = typer.Typer(cls=_Door, add_completion=False, rich_markup_mode=None)
app.add_typer(author.app)
app.add_typer(new.app)
app.add_typer(learn.app)
app.add_typer(go_on.app)
app.add_typer(attempts.app)
app.add_typer(replay.app)
app.add_typer(examine.app)
app.add_typer(place.app)
app.add_typer(languages.app)
app.add_typer(grade.app)
app.add_typer(records.app)
app.add_typer(marks.app)
app.add_typer(mistakes.app)


def _say_version(asked: bool) -> None:
    """Say which dojo this is and with which engines: what a report of a fault needs."""
    if not asked:
        return
    from importlib import metadata
    from platform import python_version

    found = [f"ml-dojo {metadata.version('ml-dojo')}", f"Python {python_version()}"]
    for track in own_pack().tracks:
        for name in (track, f"apache-{track}"):
            with contextlib.suppress(metadata.PackageNotFoundError):
                found.append(f"{name} {metadata.version(name)}")
    show.Screen().say(", ".join(found))
    raise typer.Exit


AskVersion = Annotated[
    bool,
    typer.Option("--version", callback=_say_version, is_eager=True, help="Say which dojo this is."),
]


@app.callback(invoke_without_command=True)
def companion(
    context: typer.Context,
    lang: learn.Lang = None,
    track: Annotated[
        str | None, typer.Option(metavar="NAME", help="Move among the katas of this track only.")
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Lines only: for screen readers and logs.")
    ] = False,
    kata: Annotated[str | None, typer.Option(_KATA, hidden=True)] = None,
    pack: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Of the pack in that folder, or installed by that name."),
    ] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="You trust the pack's author; remembered.")
    ] = False,
    version: AskVersion = False,
) -> int:
    """Open the companion where you were, or on a kata (dojo 13): it runs the tests as you save.

    Without a terminal: print the path of each kata, then run the tests of one once. That ends with
    0 even if tests are red; 'dojo run' ends with 1.
    """
    del version, pack, trust  # said already, or taken by `entered`
    context.obj = lang  # before the subcommand runs: it may be asked for on either side of its name
    if context.invoked_subcommand:
        if track is not None:
            _hand_on_track(context, track)
        return Exit.DONE
    return go_on.go_on(context, lang, kata, track, plain)


def _hand_on_track(context: typer.Context, track: str) -> None:
    """Have a command take `--track` that stands before its name, as if it stood behind.

    Raises:
        Stop: The command has no such option.
    """
    name = str(context.invoked_subcommand)
    known: Any = context.command
    if all(one.name != "track" for one in known.commands[name].params):
        cure = f"'dojo list --track {track}' lists its katas, 'dojo --track {track}' opens them"
        raise Stop(Exit.USAGE, f"'dojo {name}' has no --track; {cure}")
    context.default_map = {name: {"track": track}}


def main() -> None:
    """Be the program `dojo`."""
    app(prog_name="dojo")
