"""The commands of `dojo` that read results: into other formats, a page, a file a learner."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from dojo.cli.company.attempts import report_attempts
from dojo.cli.learn import CODES
from dojo.ground.exits import Exit, Stop, check_choice
from dojo.ground.files import write_whole
from dojo.terminal import screen as show

if TYPE_CHECKING:
    from dojo.export.sheets import Worth
    from dojo.grading.results import Result, Results

app = typer.Typer(rich_markup_mode=None)

_OF_SHEETS = ("canvas", "moodle")
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}

Record = Annotated[Path, typer.Argument(metavar="RESULTS", help="A results.json.")]


@app.command()
def export(
    file: Record,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="What to write; - prints it.")],
    to: Annotated[
        str,
        typer.Option(
            metavar="FORMAT",
            help="gradebook, canvas, moodle, junit, summary, gradescope, exercism, classroom50 or"
            " classroom.",
        ),
    ],
    learner: Annotated[str | None, typer.Option(help="Of this learner only.")] = None,
    kata: Annotated[str | None, typer.Option(help="Of this kata only: 02_retries.")] = None,
    separator: Annotated[
        str,
        typer.Option(metavar="comma|semicolon|tab", help="Of the gradebook's cells."),
    ] = "comma",
    sheet: Annotated[
        Path | None,
        typer.Option(help="Canvas's gradebook or Moodle's grading worksheet, to be filled in."),
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="Of that sheet; need not be named if there is but one.")
    ] = None,
    absent_zero: Annotated[
        bool, typer.Option("--absent-zero", help="Also write 0 there for who handed in nothing.")
    ] = False,
) -> int:
    """Write results in the format of another platform.

    Ends with 3, and writes nothing, where the grader itself failed and the format would make a
    zero of that; with 5 where a mark has no place in the --sheet, or the sheet's learner no mark.
    """
    from dojo.export.checks import FormatError, NoMark

    check_choice("--separator", separator, _SEPARATORS)
    missing: list[str] = []
    if absent_zero and (sheet is None or learner is not None):
        raise Stop(Exit.USAGE, "--absent-zero is for a whole class's --sheet, without --learner")
    writers = _writers(_SEPARATORS[separator], Filling(sheet, column, absent_zero), missing)
    check_choice("--to", to, writers)
    if sheet is not None and to not in _OF_SHEETS:
        raise Stop(Exit.USAGE, f"--sheet is for {' and '.join(_OF_SHEETS)}, not for {to}")
    results = _chosen(read_results(file), learner, kata)
    try:
        written = writers[to](results)
    except NoMark as error:
        raise Stop(Exit.ENVIRONMENT, f"{str(target)!r} was not written: {error}") from None
    except FormatError as error:
        raise Stop(Exit.USAGE, str(error)) from None
    _write(target, written)
    for line in missing:
        show.Screen(sys.stderr).say(f"dojo: {line}")
    return Exit.INCOMPLETE if missing else Exit.DONE


@app.command()
def report(
    file: Annotated[
        Path | None, typer.Argument(metavar="[RESULTS]", help="A results.json.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the page goes; - prints it.")] = Path(
        "cohort.html"
    ),
    measures: Annotated[
        Path | None, typer.Option(help="A file of 'dojo mistakes --out'; else your user's cache.")
    ] = None,
    attempts: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Of learners' attempts: print where they are stuck."),
    ] = None,
) -> int:
    """Write one page on a cohort: who solved what, what failed most, and why.

    With --attempts and no results: print where a class is stuck, before the deadline.
    """
    from dojo.catalog.kata import CatalogError, load_catalog
    from dojo.export.cohort import cohort_page
    from dojo.ground.paths import find_root
    from dojo.mistakes.measures import Measures, describe_missing
    from dojo.mistakes.recognise import read_planted

    if (file is None) == (attempts is None):
        raise Stop(Exit.USAGE, "name a results.json, or --attempts and a folder: one of the two")
    if attempts is not None:
        return report_attempts(attempts)
    assert file is not None
    results = read_results(file)
    graded = {one.kata for one in results.results}
    try:
        katas = [kata for kata in load_catalog(find_root()) if kata.id in graded]
    except CatalogError as error:
        raise Stop(Exit.AUTHOR_ERROR, f"{error}; 'git diff katas' shows what changed") from None
    told = show.Screen(sys.stderr)
    known = Measures(measures, lambda line: told.say(f"dojo: {line}"))
    planted = {kata.id: read_planted(kata, known.of(kata)) for kata in katas}
    if unknown := describe_missing(katas, known):
        told.say(f"dojo: {unknown}")
    _write(out, cohort_page(results, planted, unknown))
    return Exit.DONE


@app.command()
def feedback(
    file: Record,
    out: Annotated[Path, typer.Option(help="The folder that gets a file a learner.")] = Path(
        "feedback"
    ),
    to: Annotated[str, typer.Option("--to", metavar="html|md", help="A page, or a mail.")] = "html",
    level: Annotated[
        str,
        typer.Option("--feedback", metavar="full|actual-only|none", help="How much they say."),
    ] = "full",
    lang: Annotated[
        str | None,
        typer.Option(metavar=CODES, help="Of what they read; else that of 'dojo grade'."),
    ] = None,
    learner: Annotated[str | None, typer.Option(help="Of this learner only.")] = None,
    worth: Annotated[
        float | None,
        typer.Option(metavar="POINTS", help="What the platform makes of a full mark: said, too."),
    ] = None,
) -> int:
    """Write what each learner may read of their own results: a file a learner, to be sent back.

    Never more than the results themselves say: see --feedback of 'dojo grade'.
    """
    from dojo.catalog.kata import load_catalog
    from dojo.export.feedback import feedback_mail, feedback_page, file_name
    from dojo.grading.results import Feedback, with_feedback
    from dojo.ground.paths import find_root
    from dojo.language import languages

    writers = {"html": feedback_page, "md": feedback_mail}
    check_choice("--to", to, writers)
    check_choice("--lang", lang or "en", languages(find_root()))
    check_choice("--feedback", level, get_args(Feedback))
    record = read_results(file)
    there = _worth_of(record, worth)
    results = _chosen(record, learner, None)
    katas = {kata.id: kata for kata in load_catalog(find_root())}
    theirs: dict[str, list[Result]] = {}
    for one in results.results:
        theirs.setdefault(one.learner, []).append(with_feedback(one, level))  # type: ignore[arg-type]
    taken: set[str] = set()
    with contextlib.suppress(OSError):  # then no file can be written, which says why
        out.mkdir(parents=True, exist_ok=True)
    for name, of_one in theirs.items():
        written = writers[to](of_one, katas, lang or results.language, there)
        _write(out / f"{file_name(name, taken)}.{to}", written)
    show.Screen().say(f"{len(theirs)} files are in {out}")
    return Exit.DONE


@dataclasses.dataclass(frozen=True)
class Filling:
    """How a platform's own list is filled in; see `fill_sheet`."""

    sheet: Path | None
    column: str | None
    absent_zero: bool


def _worth_of(record: Results, worth: float | None) -> Worth | None:
    from dojo.export.checks import FormatError
    from dojo.export.sheets import Worth, points_of

    if worth is None:
        return None
    if not 0 < worth < math.inf:
        raise Stop(Exit.USAGE, f"--worth {worth:g} is no mark: write what is full, such as 20")
    try:
        return Worth(points_of(record), worth)
    except FormatError as error:
        raise Stop(Exit.USAGE, str(error)) from None


def _writers(
    separator: str, filling: Filling, missing: list[str]
) -> dict[str, Callable[[Results], str]]:
    from dojo.export import formats, platforms
    from dojo.export.sheets import fill_sheet

    def fill(platform: str, results: Results) -> str:
        if filling.sheet is None:
            raise Stop(Exit.USAGE, f"--to {platform} fills in {platform}'s own list: name --sheet")
        filled = fill_sheet(
            results,
            platform,  # type: ignore[arg-type]
            filling.sheet,
            filling.column,
            absent_zero=filling.absent_zero,
        )
        for line in filled.told:
            show.Screen(sys.stderr).say(f"dojo: {line}")
        missing.extend(filled.missing)
        return filled.text

    return {
        "gradebook": functools.partial(formats.gradebook, separator=separator),
        **{one: functools.partial(fill, one) for one in _OF_SHEETS},
        "junit": formats.junit,
        "summary": formats.summary,
        "gradescope": platforms.gradescope,
        "exercism": platforms.exercism,
        "classroom50": lambda results: platforms.classroom50(results, os.environ),
        "classroom": platforms.classroom,
    }


def read_results(file: Path) -> Results:
    """Read a record of results.

    Raises:
        Stop: It is none.
    """
    from pydantic import ValidationError

    from dojo.grading.results import Results

    try:
        results = Results.model_validate_json(file.read_bytes())
    except OSError as error:
        raise Stop(Exit.USAGE, f"{str(file)!r} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        said = f"{str(file)!r} is no record of results: {place}: {first['msg']}"
        raise Stop(Exit.USAGE, f"{said}; 'dojo grade' writes one") from None
    seen = set()
    for one in results.results:
        if (one.learner, one.kata) in seen:
            raise Stop(Exit.USAGE, f"{one.kata} of {one.learner!r} is twice in {str(file)!r}")
        seen.add((one.learner, one.kata))
    return results


def _chosen(results: Results, learner: str | None, kata: str | None) -> Results:
    kept = tuple(
        one
        for one in results.results
        if learner in (None, one.learner) and kata in (None, one.kata)
    )
    if not kept and (learner is not None or kata is not None):
        asked = " and ".join(repr(one) for one in (learner, kata) if one is not None)
        raise Stop(Exit.USAGE, f"there is no result of {asked}; 'dojo grade' prints their names")
    return results.model_copy(update={"results": kept})


def _write(target: Path, text: str) -> None:
    """Write a file in one step: there is never half of one."""
    if str(target) == "-":
        sys.stdout.write(text)
        return
    try:
        write_whole(target, text)
    except OSError as error:
        raise Stop(Exit.USAGE, f"{str(target)!r} cannot be written: {error.strerror}") from None
    show.Screen(sys.stderr).say(f"{target} is written.")
