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
from dojo.cli.progress import progress, report, tell_collected
from dojo.ground import interrupts
from dojo.ground.exits import Exit, Stop
from dojo.ground.files import write_whole
from dojo.ground.paths import find_root
from dojo.terminal import screen as show

if TYPE_CHECKING:
    from dojo.batch.batch import Order
    from dojo.grading.results import Result
    from dojo.grading.store import Store
    from dojo.intake.submission import Submission

_ONE_A_CORE = os.cpu_count() or 1

app = typer.Typer(rich_markup_mode=None)

Paths = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PATH...", help="A class's folder, checkouts, archives, files."),
]
Roster = Annotated[
    Path | None,
    typer.Option(help="A table with the columns id, path, submitted, deadline, extension."),
]
Names = Annotated[
    list[str] | None, typer.Option(help="Grade this kata only; may be given more than once.")
]
Out = Annotated[Path, typer.Option(help="Where the results go.")]
State = Annotated[
    Path | None, typer.Option(help="Where a batch remembers them; by default beside --out.")
]
Seed = Annotated[
    str | None, typer.Option(help="Of the secret scenarios; by default drawn once a batch.")
]
HowMuch = Annotated[
    str, typer.Option(metavar="full|actual-only|none", help="How much the results say.")
]
Walls = Annotated[
    str, typer.Option(metavar="strict|landlock", help="The walls that grading needs.")
]
Deadline = Annotated[
    str | None,
    typer.Option(help="The last moment in time: '2026-11-24T18:00 Europe/Paris', or with +01:00."),
]
Percent = Annotated[float, typer.Option(min=0, max=100, help="Taken off for each late day.")]
Cap = Annotated[
    float,
    typer.Option("--late-at-most", min=0, max=100, help="Percent, of all late days together."),
]
Grace = Annotated[str, typer.Option(help="A late day begins so much later: 10m, 2h.")]
Zone = Annotated[
    str | None,
    typer.Option("--time-zone", help="Of dates without one, and of late days: Europe/Paris."),
]
Counts = Annotated[
    str, typer.Option(metavar="newest|first|best", help="Which attempt of a learner counts.")
]
SignKey = Annotated[Path | None, typer.Option(help="A file with a secret: each result is signed.")]
AsFlow = Annotated[
    bool | None,
    typer.Option(help="Be a Prefect flow run; by default where PREFECT_API_URL is set."),
]
Dask = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Grade on a Dask cluster: its scheduler's address."),
]
Jobs = Annotated[
    int, typer.Option(min=1, max=256, help="Submissions at a time here; one a core if not set.")
]


@app.command()
def grade(
    paths: Paths = None,
    roster: Roster = None,
    kata: Names = None,
    out: Out = Path("results.json"),
    state: State = None,
    seed: Seed = None,
    feedback: HowMuch = "full",
    level: Walls = "strict",
    deadline: Deadline = None,
    late_percent: Percent = 10.0,
    late_at_most: Cap = 100.0,
    grace: Grace = "0m",
    zone: Zone = None,
    attempt: Counts = "newest",
    sign_key: SignKey = None,
    flow: AsFlow = None,
    dask: Dask = None,
    jobs: Jobs = _ONE_A_CORE,
) -> int:
    """Grade submissions: pristine tests and secret scenarios, in a sandbox.

    Started again after whatever end, it goes on where it was. Ends with 0 if all have a mark; 3
    if a submission could not be graded for a reason of the grader's own; 5 if something that was
    handed in was not graded, which is named with the cure.
    """
    from dojo.batch.batch import Order, publish
    from dojo.grading.lateness import LatePolicy
    from dojo.grading.signing import read_key
    from dojo.grading.store import Store
    from dojo.intake.submission import collect

    _check(paths, roster, feedback, level, attempt, flow, dask)
    root = find_root()
    katas, wanted = chosen_katas(root, kata or [])
    here = _zone(zone)
    policy = LatePolicy(
        deadline=_moment(deadline, here),
        percent_a_day=late_percent,
        at_most_percent=late_at_most,
        grace_minutes=_minutes(grace),
    )
    if here is None and policy.deadline is not None:
        here = policy.deadline.tzinfo
    with _faults_of_the_order():
        key = read_key(sign_key) if sign_key is not None else None
        collected = collect(paths or [], roster, katas, wanted, here, attempt)  # type: ignore[arg-type]
        store = Store(state or out.with_suffix(".sqlite"))
    drawn = store.seed(seed)
    tell_collected(show.Screen(sys.stderr), collected, root)
    as_flow = bool(os.environ.get("PREFECT_API_URL")) if flow is None else flow
    order = Order(root=root, level=level, jobs=jobs, as_flow=as_flow, dask=dask)  # type: ignore[arg-type]
    results = _grade(collected.submissions, store, drawn, order)
    record = publish(results, collected, feedback, policy, key)  # type: ignore[arg-type]
    _write_whole(out, record.model_dump_json(indent=1) + "\n")
    missing = report(record, len(collected.left_out))
    show.Screen().say(f"The seed was {drawn}. Next: read {out}")
    return Exit.INCOMPLETE if missing else Exit.DONE


def _check(
    paths: list[Path] | None,
    roster: Path | None,
    feedback: str,
    level: str,
    attempt: str,
    flow: bool | None,
    dask: str | None,
) -> None:
    """Refuse what no batch can be made of.

    Raises:
        Stop: An option has no such value, or two do not go together.
    """
    from dojo.grading.results import Feedback
    from dojo.intake.learners import Attempt
    from dojo.sandbox.walls import Level

    _check_choice("--feedback", feedback, get_args(Feedback))
    _check_choice("--level", level, get_args(Level))
    _check_choice("--attempt", attempt, get_args(Attempt))
    if not paths and roster is None:
        raise Stop(Exit.USAGE, "there is nothing to grade; name a folder: 'dojo grade class/'")
    if dask is not None and flow is False:
        raise Stop(Exit.USAGE, "with --dask the batch is a flow run: leave out --no-flow")
    if dask is not None and not re.fullmatch(r"[a-z]+://[^/]+:\d+", dask):
        raise Stop(Exit.USAGE, f"--dask is {dask!r}; write it as tcp://127.0.0.1:8786")


@contextlib.contextmanager
def _faults_of_the_order() -> Iterator[None]:
    """Turn what cannot be read or kept into one line and a usage error."""
    from dojo.grading.signing import KeyRefused
    from dojo.grading.store import StoreError
    from dojo.intake.learners import RosterError

    try:
        yield
    except (RosterError, KeyRefused, StoreError) as error:
        raise Stop(Exit.USAGE, str(error)) from None


def _grade(submissions: list[Submission], store: Store, seed: str, order: Order) -> list[Result]:
    """Grade what is not graded yet; close the store, whatever comes of it.

    Raises:
        Stop: Nothing can be graded here, or it was interrupted.
    """
    from dojo.batch.batch import grade_batch
    from dojo.batch.cluster import NoCluster
    from dojo.batch.flow import NoServer
    from dojo.sandbox.client import GuardFault
    from dojo.sandbox.walls import SandboxError

    try:
        with interrupts.kept(), progress(show.Screen(sys.stderr)) as watch:
            return grade_batch(submissions, store, seed, order, watch)
    except (SandboxError, GuardFault, NoServer, NoCluster) as error:
        raise Stop(Exit.ENVIRONMENT, str(error)) from None
    except KeyboardInterrupt:
        done = sum(store.find(one, seed, order.level) is not None for one in submissions)
        raise Stop(
            Exit.INTERRUPTED,
            f"interrupted: {done} of {len(submissions)} are graded; the same command goes on",
        ) from None
    finally:
        store.close()


def chosen_katas(root: Path, names: list[str]) -> tuple[list[Kata], list[Kata]]:
    """Return all katas, and those that a person named.

    Raises:
        Stop: The katas cannot be read, or one that was named does not exist.
    """
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


def _moment(text: str | None, zone: datetime.tzinfo | None) -> datetime.datetime | None:
    from dojo.intake.moments import HOW, MomentError, read_moment

    if text is None:
        return None
    try:
        moment = read_moment(text, zone, latest=True)
    except MomentError as error:
        cure = f"write {HOW}, or name a --time-zone"
        raise Stop(Exit.USAGE, f"--deadline is {text!r}: it {error}; {cure}") from None
    return moment if zone is None else moment.astimezone(zone)


def _zone(name: str | None) -> datetime.tzinfo | None:
    from dojo.intake.moments import MomentError, zone_called

    try:
        return None if name is None else zone_called(name)
    except MomentError as error:
        raise Stop(Exit.USAGE, f"--time-zone {error}") from None


def _minutes(text: str) -> float:
    """Return a length of time in minutes; a day of grace and more is a later deadline."""
    from dojo.intake.moments import MomentError, read_length

    try:
        length = read_length(text)
    except MomentError as error:
        raise Stop(Exit.USAGE, f"--grace is {text!r}: it {error}") from None
    if length >= datetime.timedelta(days=1):
        raise Stop(Exit.USAGE, f"--grace is {text!r}: from a day on, set a later --deadline")
    return length / datetime.timedelta(minutes=1)


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
