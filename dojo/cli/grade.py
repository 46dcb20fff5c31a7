"""The instructor's command of `dojo`: grade what was handed in."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from dojo.catalog.kata import CatalogError, Kata, find_kata, load_catalog
from dojo.ground import interrupts
from dojo.ground.exits import Exit, Stop
from dojo.ground.files import write_whole
from dojo.ground.paths import find_root
from dojo.terminal import screen as show

if TYPE_CHECKING:
    from dojo.batch.batch import Watch
    from dojo.grading.results import Result, Results

_MOST_NAMED = 20

app = typer.Typer(rich_markup_mode=None)


@app.command()
def grade(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH...", help="A class's folder, checkouts, archives, files."),
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(help="A table as text with the columns id, path, submitted.")
    ] = None,
    kata: Annotated[
        list[str] | None, typer.Option(help="Grade this kata only; may be given more than once.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the results go.")] = Path("results.json"),
    state: Annotated[
        Path | None, typer.Option(help="Where a batch remembers them; by default beside --out.")
    ] = None,
    seed: Annotated[
        str | None, typer.Option(help="Of the secret scenarios; by default drawn once a batch.")
    ] = None,
    feedback: Annotated[
        str, typer.Option(metavar="full|actual-only|none", help="How much the results say.")
    ] = "full",
    level: Annotated[
        str, typer.Option(metavar="strict|landlock", help="The walls that grading needs.")
    ] = "strict",
    deadline: Annotated[
        str | None,
        typer.Option(
            help="The last moment in time: '2026-11-24T18:00 Europe/Paris', or with +01:00."
        ),
    ] = None,
    late_percent: Annotated[
        float, typer.Option(min=0, max=100, help="Taken off for each late day.")
    ] = 10.0,
    late_cap_percent: Annotated[
        float, typer.Option(min=0, max=100, help="All late days together take off no more.")
    ] = 100.0,
    grace_minutes: Annotated[
        float, typer.Option(min=0, max=1439, help="A late day begins so many minutes later.")
    ] = 0.0,
    sign_key: Annotated[
        Path | None, typer.Option(help="A file with a secret: each result is signed.")
    ] = None,
    flow: Annotated[
        bool | None,
        typer.Option(help="Be a Prefect flow run; by default where PREFECT_API_URL is set."),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Grade on a Dask cluster: its scheduler's address."),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, max=256, help="Submissions at a time here; one a core if not set.")
    ] = os.cpu_count() or 1,
) -> int:
    """Grade submissions: pristine tests and secret scenarios, in a sandbox.

    Started again after whatever end, it goes on where it was. Ends with 0 if all have a mark; 3
    if a submission could not be graded for a reason of the grader's own; 5 if something that was
    handed in was not graded, which is named with the cure.
    """
    from dojo.batch.batch import Order, grade_batch, publish
    from dojo.batch.cluster import NoCluster
    from dojo.batch.flow import NoServer
    from dojo.grading.lateness import LatePolicy
    from dojo.grading.results import Feedback
    from dojo.grading.signing import KeyRefused, read_key
    from dojo.grading.store import Store, StoreError
    from dojo.intake.learners import RosterError
    from dojo.intake.submission import collect
    from dojo.sandbox.client import GuardFault
    from dojo.sandbox.walls import Level, SandboxError

    _check_choice("--feedback", feedback, get_args(Feedback))
    _check_choice("--level", level, get_args(Level))
    if not paths and roster is None:
        raise Stop(Exit.USAGE, "there is nothing to grade; name a folder: 'dojo grade class/'")
    if dask is not None and flow is False:
        raise Stop(Exit.USAGE, "with --dask the batch is a flow run: leave out --no-flow")
    if dask is not None and not re.fullmatch(r"[a-z]+://[^/]+:\d+", dask):
        raise Stop(Exit.USAGE, f"--dask is {dask!r}; write it as tcp://127.0.0.1:8786")
    root = find_root()
    katas, wanted = _chosen(root, kata or [])
    policy = LatePolicy(
        deadline=_moment(deadline),
        percent_a_day=late_percent,
        at_most_percent=late_cap_percent,
        grace_minutes=grace_minutes,
    )
    zone = policy.deadline.tzinfo if policy.deadline is not None else None
    try:
        key = read_key(sign_key) if sign_key is not None else None
        collected = collect(paths or [], roster, katas, wanted, zone)
        store = Store(state or out.with_suffix(".sqlite"))
    except (RosterError, KeyRefused, StoreError) as error:
        raise Stop(Exit.USAGE, str(error)) from None
    drawn = store.seed(seed)
    submissions = collected.submissions
    told = show.Screen(sys.stderr)
    for line in collected.told:
        told.say(f"dojo: {line}")
    for one in {one.kata.id: one.kata for one in submissions}.values():
        if not one.exam_file.exists():
            place = one.exam_file.relative_to(root)
            told.say(f"dojo: {one.id} has no examination here ({place}): its tests alone mark it")
    if left_out := collected.left_out:
        more = f" and {len(left_out) - _MOST_NAMED} more" if len(left_out) > _MOST_NAMED else ""
        told.say(f"dojo: left out: {', '.join(left_out[:_MOST_NAMED])}{more}")
    try:
        as_flow = bool(os.environ.get("PREFECT_API_URL")) if flow is None else flow
        order = Order(root=root, level=level, jobs=jobs, as_flow=as_flow, dask=dask)  # type: ignore[arg-type]
        with interrupts.kept(), _progress(told) as watch:
            results = grade_batch(submissions, store, drawn, order, watch)
    except (SandboxError, GuardFault, NoServer, NoCluster) as error:
        raise Stop(Exit.ENVIRONMENT, str(error)) from None
    except KeyboardInterrupt:
        done = sum(store.find(one, drawn, level) is not None for one in submissions)  # type: ignore[arg-type]
        raise Stop(
            Exit.INTERRUPTED,
            f"interrupted: {done} of {len(submissions)} are graded; the same command goes on",
        ) from None
    finally:
        store.close()
    record = publish(results, collected.ungraded, feedback, policy, key)  # type: ignore[arg-type]
    _write_whole(out, record.model_dump_json(indent=1) + "\n")
    missing = _report(record, len(left_out))
    show.Screen().say(f"The seed was {drawn}. Next: read {out}")
    return Exit.INCOMPLETE if missing else Exit.DONE


def _report(record: Results, left_out: int) -> int:
    """Print every result and what has none; return how many things were not graded.

    Raises:
        Stop: The grader failed on some.
    """
    screen, told = show.Screen(), show.Screen(sys.stderr)
    for result in record.results:
        screen.say(_line_of(result))
    for line in record.ungraded:
        told.say(f"dojo: not graded: {line}")
    broken = [one for one in record.results if one.verdict == "grader-error"]
    missing = len(broken) + len(record.ungraded)
    graded = f"{len(record.results) - len(broken)} graded"
    screen.say()
    screen.say(
        f"{graded}, {missing} not graded{' (named above)' * bool(missing)}, {left_out} left out"
    )
    if broken:
        raise Stop(
            Exit.ENVIRONMENT,
            f"{len(broken)} of {len(record.results)} could not be graded; {broken[0].advice}",
        )
    return missing


@contextlib.contextmanager
def _progress(screen: show.Screen) -> Iterator[Watch]:
    """Say how a batch goes on: a bar with the time left on a terminal, else a line a result."""
    from rich import progress

    from dojo.batch.batch import Watch

    class Lines(Watch):
        def begins(self, earlier: int, total: int) -> None:
            if earlier:
                screen.say(f"[{earlier}/{total}] graded earlier", "dim")

        def graded(self, result: Result, done: int, total: int) -> None:
            screen.say(f"[{done}/{total}] {_line_of(result)}", "dim")
            interrupts.raise_lost()

    class Bar(Watch):
        def begins(self, earlier: int, total: int) -> None:
            # Begun anew: earlier results took no time now, they say nothing of what is left.
            bar.reset(whole, total=total, completed=earlier, visible=True)

        def graded(self, result: Result, done: int, total: int) -> None:
            bar.update(whole, completed=done, total=total)
            if result.verdict == "grader-error":
                screen.say(f"[{done}/{total}] {_line_of(result)}")
            interrupts.raise_lost()

    if not screen.is_terminal:
        yield Lines()
        return
    columns = (
        progress.TextColumn("graded"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn("left"),
    )
    with progress.Progress(*columns, console=screen, speed_estimate_period=600) as bar:
        whole = bar.add_task("", total=None, visible=False)
        yield Bar()


def _line_of(result: Result) -> str:
    earned = "-" if result.earned is None else f"{result.earned:g}"
    late = f", {result.late_days} days late" if result.late_days else ""
    name = "".join(one if one.isprintable() else "?" for one in result.learner)
    notes = "".join(f"; {note}" for note in result.notes)
    points = f"{earned}/{result.points:g}"
    return f"{name}  {result.kata}  {points}  {result.verdict}{late}: {result.advice}{notes}"


def _chosen(root: Path, names: list[str]) -> tuple[list[Kata], list[Kata]]:
    try:
        katas = load_catalog(root)
    except CatalogError as error:
        raise Stop(Exit.AUTHOR_ERROR, f"{error}; 'git diff katas' shows what changed") from None
    try:
        return katas, [find_kata(katas, name) for name in names]
    except CatalogError as error:
        raise Stop(Exit.USAGE, str(error)) from None


def _check_choice(option: str, value: str, known: tuple[Any, ...]) -> None:
    if value not in known:
        named = ", ".join(repr(one) for one in known)
        raise Stop(Exit.USAGE, f"{option} is {value!r}; it may be {named}")


def _moment(text: str | None) -> datetime.datetime | None:
    from dojo.intake.moments import HOW, MomentError, read_moment

    if text is None:
        return None
    try:
        return read_moment(text, latest=True)
    except MomentError as error:
        raise Stop(Exit.USAGE, f"--deadline is {text!r}: it {error}; write {HOW}") from None


def _write_whole(path: Path, text: str) -> None:
    """Write a file in one step: there is never half of one."""
    try:
        write_whole(path, text)
    except OSError as error:
        raise Stop(
            Exit.USAGE, f"{str(path)!r} cannot be written ({error.strerror}); see --out"
        ) from None


def schema() -> str:
    """Return the JSON schema of `results.json`."""
    from dojo.grading.results import Results

    return json.dumps(Results.model_json_schema(), indent=1)
