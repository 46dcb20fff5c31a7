"""The commands of `dojo` on marks that are there: grade again, set one by hand, verify all."""

from __future__ import annotations

import contextlib
import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from dojo.cli.asked import Asked, faults_of_the_order
from dojo.cli.grade import Dask, Jobs, Means, State, grade_as_asked, write_results
from dojo.cli.records import Record, read_results
from dojo.ground.exits import Exit, Stop
from dojo.intake.learners import same_name
from dojo.terminal import screen as show

if TYPE_CHECKING:
    from dojo.grading.results import Result, Results

_ONE_A_CORE = os.cpu_count() or 1

app = typer.Typer(rich_markup_mode=None)


@app.command()
def regrade(file: Record, state: State = None, dask: Dask = None, jobs: Jobs = _ONE_A_CORE) -> int:
    """Grade a batch again as it was asked for, and say whose mark has changed, and by what.

    What nothing has changed for is not graded again: that is what was handed in, the kata with
    its examination, the dojo, Python, its packages. Marks set by hand stay.
    """
    from dojo.grading.changes import changes

    before = read_results(file)
    out, state = file.resolve(), (state or file.with_suffix(".sqlite")).resolve()
    asked = _read_asked(state, file)
    try:
        os.chdir(asked.folder)
    except OSError as error:
        said = f"the batch was graded in {asked.folder!r}, which cannot be entered"
        raise Stop(Exit.USAGE, f"{said} ({error.strerror}); grade it anew") from None
    after, missing = grade_as_asked(asked, out, state, None, Means(jobs=jobs, dask=dask))
    found = changes(before, after)
    screen = show.Screen()
    for one in found:
        was, now = _points(one.before), _points(one.after)
        screen.say(f"{one.learner}  {one.kata}  {was}, now {now}: {'; '.join(one.why)}")
    screen.say(f"{len(found)} of {len(after.results)} marks have changed")
    return Exit.INCOMPLETE if missing else Exit.DONE


@app.command()
def mark(
    file: Record,
    learner: Annotated[str, typer.Argument(help="As in the results.")],
    kata: Annotated[str, typer.Argument(help="02 or 02_retries.")],
    points: Annotated[
        str | None,
        typer.Argument(metavar="[points]", help="The mark; leave it out to take one back."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; it stands in the results.")] = "",
    state: State = None,
    sign_key: Annotated[Path | None, typer.Option(help="Of results that are signed.")] = None,
) -> int:
    """Set a mark by hand, with a reason: it is shown as such, and stays when graded again."""
    from dojo.grading.by_hand import with_mark
    from dojo.grading.results import ByHand
    from dojo.grading.signing import is_signed, read_key, sign
    from dojo.grading.store import Store

    record = read_results(file)
    result = _result_of(record, file, learner, kata)
    earned = None if points is None else _number(points)
    if points is not None and not reason.strip():
        raise Stop(Exit.USAGE, "a mark by hand needs its --reason: it is shown beside it")
    with faults_of_the_order():
        key = None if sign_key is None else read_key(sign_key)
    if result.signature and (key is None or not is_signed(result, key)):
        raise Stop(Exit.USAGE, "the results are signed: name the --sign-key that signed them")
    try:
        by_hand = None if earned is None else ByHand(earned=earned, reason=reason)
        changed = with_mark(result.model_copy(update={"signature": ""}), by_hand)
    except ValidationError as error:
        why = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise Stop(Exit.USAGE, f"{points} is no mark: {why}") from None
    changed = changed if key is None else sign(changed, key)
    results = tuple(changed if one is result else one for one in record.results)
    with faults_of_the_order():  # opened last: what is refused above leaves no file behind
        store = Store(state or file.with_suffix(".sqlite"))
    with contextlib.closing(store):
        write_results(file, record.model_copy(update={"results": results}))
        store.set_mark(result.learner, result.kata, by_hand)
    was, now = _points(result.earned), _points(changed.earned)
    screen = show.Screen()
    screen.say(f"{result.learner}  {result.kata}  {was}, now {now}")
    screen.say("Next: what was written of these results is older: report, feedback, export again")
    return Exit.DONE


@app.command()
def verify(
    file: Record,
    sign_key: Annotated[Path, typer.Option(help="The file with the secret they were signed with.")],
) -> int:
    """Verify that results are the grader's own: each signature, and the record's schema.

    Ends with 0 if all hold, 1 if one does not.
    """
    from dojo.grading.results import Results
    from dojo.grading.signing import KeyRefused, read_key, unsigned

    try:
        key = read_key(sign_key)
        record = Results.model_validate_json(file.read_bytes())
    except OSError as error:
        raise Stop(Exit.USAGE, f"{str(file)!r} cannot be read: {error.strerror}") from None
    except KeyRefused as error:
        raise Stop(Exit.USAGE, str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise Stop(
            Exit.UNSOLVED, f"{str(file)!r} is no record of results: {place}: {first['msg']}"
        ) from None
    forged = unsigned(record, key)
    screen = show.Screen()
    for result in forged:
        screen.say(f"not signed with this key: {result.learner} {result.kata}")
    if forged:
        return Exit.UNSOLVED
    screen.say(f"All {len(record.results)} results are signed with this key, and unchanged.")
    return Exit.DONE


def _result_of(record: Results, file: Path, learner: str, kata: str) -> Result:
    """Return the one result of a learner and kata; a name may be typed in other letters' case.

    Raises:
        Stop: There is none.
    """
    there = sorted({one.learner for one in record.results})
    alike = [one for one in there if same_name(one) == same_name(learner)]
    if learner not in there and len(alike) == 1:
        learner = alike[0]
    for one in record.results:
        name = Path(one.kata).name
        if one.learner == learner and kata in (one.kata, name, *name.split("_", 1)):
            return one
    if learner in there:
        done = ", ".join(one.kata for one in record.results if one.learner == learner)
        raise Stop(Exit.USAGE, f"{str(file)!r} has nothing of {learner!r} on {kata!r}, but {done}")
    said = same_name(learner)
    near = [one for one in there if said and said in same_name(one)]
    near = near or difflib.get_close_matches(learner, there, n=3)
    meant = f"did you mean {' or '.join(map(repr, near[:3]))}?" if near else ""
    meant = meant or f"'dojo report {file}' shows who is there"
    raise Stop(Exit.USAGE, f"{str(file)!r} has nobody called {learner!r}; {meant}")


def _number(points: str) -> float:
    """Read a mark; `45,5` is one too.

    Raises:
        Stop: It is no number.
    """
    try:
        return float(points.replace(",", "."))
    except ValueError:
        raise Stop(Exit.USAGE, f"{points!r} is no mark: write a number, such as 45.5") from None


def _read_asked(state: Path, file: Path) -> Asked:
    from dojo.grading.store import Store

    if not state.exists():
        said = f"{str(state)!r}, where the batch remembers how it was graded, does not exist"
        raise Stop(Exit.USAGE, f"{said}; name it with --state, or grade anew")
    with faults_of_the_order():
        store = Store(state)
    written = store.read_asked()
    store.close()
    try:
        return Asked.model_validate_json(written or "")
    except ValidationError:
        said = f"{str(file)!r} was graded by an older dojo, which kept no options"
        raise Stop(Exit.USAGE, f"{said}: grade once more with 'dojo grade'") from None


def _points(earned: float | None) -> str:
    return "no mark" if earned is None else f"{earned:g}"
