"""The instructor's command of `dojo`: grade what was handed in."""

from __future__ import annotations

import dataclasses
import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dojo.catalog.kata import CatalogError, Kata, find_kata, load_catalog
from dojo.cli.asked import Asked, check_cluster, faults_of_the_order
from dojo.cli.learn import CODES
from dojo.cli.progress import progress, report, tell_collected
from dojo.ground import interrupts
from dojo.ground.exits import Exit, Stop
from dojo.ground.files import write_whole
from dojo.ground.paths import find_root
from dojo.place.environment import check_packages
from dojo.terminal import screen as show

if TYPE_CHECKING:
    from dojo.batch.batch import Order
    from dojo.grading.results import Result, Results
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
Lang = Annotated[str, typer.Option(metavar=CODES, help="Of what learners read.")]
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
    lang: Lang = "en",
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
    asked = Asked(
        folder=os.getcwd(),
        paths=[str(one) for one in paths or []],
        roster=None if roster is None else str(roster),
        kata=kata or [],
        feedback=feedback,
        lang=lang,
        level=level,
        attempt=attempt,
        deadline=deadline,
        zone=zone,
        late_percent=late_percent,
        late_at_most=late_at_most,
        grace=grace,
        sign_key=None if sign_key is None else str(sign_key),
    )
    check_cluster(dask, flow)
    by = Means(jobs=jobs, as_flow=flow, dask=dask)
    _, missing = grade_as_asked(asked, out, state or out.with_suffix(".sqlite"), seed, by)
    return Exit.INCOMPLETE if missing else Exit.DONE


@dataclasses.dataclass(frozen=True)
class Means:
    """How a batch is graded, which changes nothing of what comes out.

    Attributes:
        jobs: How many submissions at a time on this machine.
        as_flow: Whether it is a flow run; None: where there is a server.
        dask: The address of a Dask scheduler; None without.
    """

    jobs: int = _ONE_A_CORE
    as_flow: bool | None = None
    dask: str | None = None


def grade_as_asked(
    asked: Asked, out: Path, state: Path, seed: str | None, by: Means
) -> tuple[Results, int]:
    """Grade what is not graded yet, and write the results.

    Args:
        asked: What, and what comes of it.
        out: Where the results go.
        state: Where the batch remembers them, what was asked, and marks given by hand.
        seed: Of the scenarios; None: the batch's.
        by: How.

    Returns:
        The results, and how many things were not graded.

    Raises:
        Stop: Nothing can be graded, or it was interrupted.
        TrackMissing: The packages of a kata are not installed.
    """
    from dojo.batch.batch import Order, publish
    from dojo.grading.store import Store

    asked.check()
    root = find_root()
    katas, wanted = chosen_katas(root, asked.kata)
    policy, key = asked.policy(), asked.key()
    collected = asked.collect(katas, wanted, policy)
    if by.dask is None:  # its workers have packages of their own
        check_packages({one.kata.id: one.kata for one in collected.submissions}.values())
    with faults_of_the_order():
        store = Store(state)
        by_hand = store.marks()
    drawn = store.seed(seed)
    store.write_asked(asked.model_dump_json())
    tell_collected(show.Screen(sys.stderr), collected, root)
    as_flow = bool(os.environ.get("PREFECT_API_URL")) if by.as_flow is None else by.as_flow
    order = Order(root, asked.level, jobs=by.jobs, as_flow=as_flow, dask=by.dask)  # type: ignore[arg-type]
    results = _grade(collected.submissions, store, drawn, order)
    terms = asked.feedback, policy, key, by_hand, asked.lang
    record = publish(results, collected, *terms)  # type: ignore[arg-type]
    write_results(out, record)
    missing = report(record, len(collected.left_out))
    screen = show.Screen()
    # Whoever is graded may read a workflow's log; the state remembers the seed.
    following = f"Next: dojo report {shlex.quote(str(out))}"
    screen.say(f"The seed was {drawn}. {following}" if screen.is_terminal else following)
    return record, missing


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


def write_results(path: Path, record: Results) -> None:
    """Write the record in one step: there is never half of one.

    Raises:
        Stop: It cannot be written.
    """
    try:
        write_whole(path, record.model_dump_json(indent=1) + "\n")
    except OSError as error:
        raise Stop(
            Exit.USAGE, f"{str(path)!r} cannot be written ({error.strerror}); see --out"
        ) from None


def schema() -> str:
    """Return the JSON schema of `results.json`."""
    from dojo.grading.results import Results

    return json.dumps(Results.model_json_schema(), indent=1)
