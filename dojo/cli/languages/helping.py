"""Have `--help` speak the learner's language: what the commands say, and the frame around it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import typer

from dojo.cli.learn import CODES
from dojo.language import languages, said_by_dojo
from dojo.language.catalogue import HELP
from dojo.language.translating import Translator
from dojo.language.words import WordTable
from dojo.place.state import language_here

# What the library says in any program's help.
_FRAME = WordTable(
    "frame of the help",
    (
        "Usage: ",
        "Arguments",
        "Options",
        "Commands",
        "[OPTIONS]",
        "COMMAND [ARGS]...",
        "Show this message and exit.",
    ),
)
_OF_VALUES = WordTable(
    "values in the help", ("[env var: ", "[default: ", " default: ", "required]", "; ")
)
# What libraries and the system say, and we pass on; `dojo.language` finds it again.
_PASSED_ON = WordTable(
    "passed on",
    (
        "No such option: {name}",
        "No such option: {name} Did you mean {near}?",
        "No such option: {name} (Possible options: {near})",
        "No such command {name}",
        "No such command {name}. Did you mean {near}?",
        "Missing argument {name}",
        "Missing option {name}",
        "Missing command",
        "Invalid value for {name}: {why}",
        "Got unexpected extra argument ({name})",
        "Got unexpected extra arguments ({name})",
        "Got unexpected extra argument(s) ({name})",
        "Did you mean {near}?",
        "Input should be less than or equal to {most}",
        "Input should be greater than or equal to {least}",
        "Option {name} requires an argument",
        "Option {name} does not take a value",
        "Input should be a valid integer, unable to parse string as an integer",
        "Input should be a valid number, unable to parse string as a number",
        "{value} is not in the range {range}",
        "Field required",
        "Extra inputs are not permitted",
        "Input should be a valid string",
        "Input should be a valid list",
        "Input should be a valid dictionary",
        "Input should be a valid boolean",
        "Input should be {choices}",
        "No such file or directory",
        "Permission denied",
        "Is a directory",
        "Not a directory",
        "File exists",
        "No space left on device",
        "Read-only file system",
    ),
)
_EXTRA = re.compile(r"(^|  )\[[^\[\]]*\]$")
_Rows = Iterable[tuple[str, str]]


def speak_help(command: Any, arguments: Sequence[str], root: Any) -> None:
    """Put what the help of a command and of those below it says into the language asked for.

    Args:
        command: The command line, as it was built for this call.
        arguments: What follows its name: where `--lang` asks for a language.
        root: The checkout or workspace.
    """
    known = languages(root)
    language = _asked(arguments)
    if language not in known:
        language = language_here(root)
    _name_languages(command, "|".join(known))
    if language != "en":
        _translate(command, _Help(language))


def _asked(arguments: Sequence[str]) -> str:
    for one, following in itertools.pairwise([*arguments, ""]):
        if one == "--lang":
            return following
        if one.startswith("--lang="):
            return one.partition("=")[2]
    return ""


def _below(command: Any) -> Iterable[Any]:
    yield command
    for one in getattr(command, "commands", {}).values():
        yield from _below(one)


def _name_languages(command: Any, codes: str) -> None:
    for one in _below(command):
        for param in one.params:
            if param.metavar == CODES:
                param.metavar = codes


def _translate(command: Any, words: _Help) -> None:
    class Formatter(typer.Context.formatter_class):  # type: ignore[misc,valid-type]
        """Writes the frame in that language too."""

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, words.frame[prefix or "Usage: "])

        def write_heading(self, heading: str) -> None:
            super().write_heading(words.frame.get(heading, heading))

        def write_dl(self, rows: _Rows, *args: Any, **extra: Any) -> None:
            super().write_dl([(one, words.row(said)) for one, said in rows], *args, **extra)

    class Context(typer.Context):
        """Has that formatter."""

        formatter_class = Formatter

    for one in _below(command):
        one.context_class = Context
        one.help = one.help and words.say(one.help)
        one.options_metavar = words.frame.get(one.options_metavar, one.options_metavar)
        if hasattr(one, "subcommand_metavar"):
            one.subcommand_metavar = words.frame.get(one.subcommand_metavar, "")
        for param in one.params:
            param.metavar = param.metavar and words.say(param.metavar)


class _Help:
    """What the help says in one language."""

    def __init__(self, language: str) -> None:
        self.frame: Mapping[str, str] = _FRAME[language]
        self.values: Mapping[str, str] = _OF_VALUES[language]
        self._known = said_by_dojo(language, HELP)
        self._translator = Translator(self._known)

    def say(self, text: str) -> str:
        return self._known.get(text) or self._translator.translate(text)

    def row(self, said: str) -> str:
        """Translate what stands beside an option or a command, and what is said of its value."""
        found = _EXTRA.search(said)
        body, extra = (said[: found.start()], found[0]) if found else (said, "")
        for english, other in self.values.items():
            extra = extra.replace(english, other)
        return (self.frame.get(body) or self.say(body)) + extra
