"""Who ran what on a real cluster, what ran again when a worker died, and what was written once."""

import asyncio
import contextlib
import inspect
import json
import os
import signal
import socket
import stat
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from distributed import Client, default_client
from prefect import flow, task
from prefect.runtime import task_run
from prefect.task_engine import run_task
from prefect_dask import DaskTaskRunner

# Workers need not have this file: what is pickled here goes as it is.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

LOOKS = 350  # of 10 ms each, or as long as a busy machine takes for them
ROWS = 40_000  # more than half a megabyte for each column
FAR_LESS = 400_000  # bytes: Prefect sends some 30,000 along with each task
# The last one is as long as a name can be: 251 bytes, and ".pkl".
NAMES = ["St. Pierre", "Île-de-France", "nord.est", "nord", "100%_a b", "Ø" * 125 + "y"]
REFUSAL = "no score for {region!r}\nsince the column 'tenure' is gone"


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


# What happens to a region, wherever it is worked on: a file says what, another one that it has.


def note(folder: str, **said: Any) -> None:
    """Add a line to the journal; it is there whoever is killed next."""
    line = (json.dumps({**said, "pid": os.getpid()}) + "\n").encode()
    writing = os.open(Path(folder) / "journal.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(writing, line)
    os.close(writing)


def noted(folder: str) -> list[dict[str, Any]]:
    """Return the lines of the journal."""
    file = Path(folder) / "journal.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def is_soon(folder: str, look: Callable[[], bool]) -> bool:
    """Look again and again, as long as something happens, and somewhat longer."""
    left, before = LOOKS, -1
    while not look():
        now = len(noted(folder))
        left = left - 1 if now == before else LOOKS
        before = now
        if not left:
            return False
        time.sleep(0.01)
    return True


def is_first(folder: str, what: str) -> bool:
    """Say once in all processes that it is the first time."""
    with contextlib.suppress(FileExistsError):
        (Path(folder) / f"first-{what}").touch(exist_ok=False)
        return True
    return False


def befall(folder: str, region: str, plan: dict[str, Any]) -> None:
    """Have happen to a region what a plan has for it."""
    note(folder, begun=region)
    if meets := plan.get("meets"):  # so many are to be at work at the same time
        begun = {"begun"}
        is_soon(folder, lambda: sum(begun <= one.keys() for one in noted(folder)) >= meets)
    if after := plan.get("after"):  # another one ends before
        is_soon(folder, lambda: any(one.get("ended") == after for one in noted(folder)))
    if until := plan.get("until"):  # so many lines of this kind
        is_soon(folder, lambda: sum(until[0] in one for one in noted(folder)) >= until[1])
    if plan.get("gate"):  # whoever opens it does so, whatever happens
        while not (Path(folder) / "gate").exists():
            time.sleep(0.01)
    if plan.get("fails"):
        raise LookupError(REFUSAL.format(region=region))
    if plan.get("dies") and (plan["dies"] != "once" or is_first(folder, region)):
        os.kill(os.getpid(), signal.SIGKILL)
    note(folder, ended=region)


@task
def visit(region: str, folder: str, plans: dict[str, Any] | None = None) -> Any:
    """Work on a region, as its plan says; return whose it is and which task run did it."""
    plan = (plans or {}).get(region, {})
    befall(folder, region, plan)
    return plan.get("answer", [region, str(task_run.id)])


class Model:
    """A model in a file: it scores by a weight, and has happen what is planned."""

    def __init__(self, folder: Path, weight: float, **plan: Any) -> None:
        self.folder, self.weight, self.plan = str(folder), weight, plan
        self.ballast = np.random.default_rng(1).random(ROWS)

    def predict(self, numbers: pd.DataFrame) -> Any:
        """Score rows: by the first of their columns."""
        if "look" in self.plan:
            note(self.folder, left=files_of(self.folder))
        if "dies_at_byte" in self.plan and is_first(self.folder, "model"):
            note(self.folder, dying=True)
            die_at_byte(self.plan["dies_at_byte"])
        if meets := self.plan.get("meets"):
            note(self.folder, begun=os.getpid())
            is_soon(self.folder, lambda: len({one["pid"] for one in noted(self.folder)}) >= meets)
        if "error" in self.plan:
            raise LookupError(self.plan["error"])
        note(self.folder, columns=list(numbers.columns), rows=len(numbers))
        scores = numbers.iloc[:, 0] * self.weight
        answers = {"series": scores, "own_series": scores.reset_index(drop=True)}
        return answers.get(self.plan.get("answers", ""), scores.to_numpy())


def die_at_byte(limit: int) -> None:
    """Have the system kill this process as it writes more than that into one file."""
    try:
        import resource
    except ImportError:  # Windows
        os.kill(os.getpid(), signal.SIGTERM)
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def files_of(folder: str) -> dict[str, int]:
    """Return which files of scores somebody finds, and how many rows they have; -1: none whole."""
    found = {}
    for name in sorted(os.listdir(Path(folder) / "scores")):
        if name.endswith(".pkl"):
            try:
                found[name] = len(pd.read_pickle(Path(folder) / "scores" / name))
            except Exception:
                found[name] = -1
    return found


class Post:
    """The post: a batch whose key it knows it does not send again. It may take its worker along."""

    def __init__(self, folder: Path, **plan: Any) -> None:
        self.folder, self.plan = str(folder), plan

    def send(self, key: str, customer_ids: list[str]) -> str:
        """Accept a batch; answer with a receipt, the same for the same key."""
        kinds = sorted({type(key).__name__, *(type(one).__name__ for one in customer_ids)})
        note(self.folder, key=key, ids=list(map(str, customer_ids)), kinds=kinds)
        if "error" in self.plan:
            raise ConnectionError(self.plan["error"])
        if self.plan.get("dies") and is_first(self.folder, "post"):
            os.kill(os.getpid(), signal.SIGKILL)
        return f"receipt of {key}"


class Told:
    """Is told of each region that is done, and notes it."""

    def __init__(self, folder: str) -> None:
        self.folder, self.inside = folder, 0

    def __call__(self, region: str, result: Any) -> None:
        """Note it, and whether somebody else is at it meanwhile."""
        self.inside += 1
        note(self.folder, told=region, result=result)
        for _ in range(20):
            if self.inside > 1:
                note(self.folder, at_once=region)
                break
            time.sleep(0.005)
        self.inside -= 1


def put(path: Path, what: Any) -> None:
    """Pickle something into a file."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(cloudpickle.dumps(what))


class Place:
    """The folder that all machines see."""

    def __init__(self, path: Path) -> None:
        self.path, self.folder = path, str(path)
        (path / "scores").mkdir()

    def customers(self, region: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Write a region's customers."""
        (self.path / "customers").mkdir(exist_ok=True)
        frame.to_pickle(self.path / "customers" / f"{region}.pkl")
        return frame

    def scores(self, region: str) -> pd.DataFrame | None:
        """Read a region's scores; None if there are none that can be read."""
        with contextlib.suppress(Exception):
            return pd.read_pickle(self.path / "scores" / f"{region}.pkl")
        return None

    def scored(self, region: str, scores: Sequence[float], ids: Sequence[str]) -> None:
        """Write a region's scores."""
        frame = pd.DataFrame({"customer_id": list(ids), "score": list(map(float, scores))})
        frame.to_pickle(self.path / "scores" / f"{region}.pkl")

    @property
    def journal(self) -> list[dict[str, Any]]:
        """Return what was noted."""
        return noted(self.folder)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Make the folder that all machines see."""
    (folder := tmp_path / "shared").mkdir()
    return Place(folder)


def frame_of(rows: int, seed: int = 0) -> pd.DataFrame:
    """Draw customers: ids that are no numbers, two columns, an index of another table."""
    rng = np.random.default_rng(seed)
    ids = [f"{'0' * (number % 3)}{number}" for number in rng.permutation(rows)]
    frame = pd.DataFrame(
        {"tenure": rng.random(rows), "customer_id": ids, "calls": rng.random(rows)}
    )
    return frame.set_index(rng.permutation(rows) + 7)


class Ended(NamedTuple):
    """How a call ended."""

    call: str
    ending: str
    value: Any
    error: BaseException | None


def ended(name: str, shown: str, call: Callable[[], Any]) -> Ended:
    """Make a call; collect how it ended."""
    try:
        value = call()
    except NotImplementedError:
        raise
    except Exception as error:
        said = f"raised {type(error).__name__}: {shorten(str(error))}"
        return Ended(f"{name}({shown})", said, None, error)
    return Ended(f"{name}({shown})", f"returned {shorten(repr(value))}", value, None)


def on_cluster(
    solution: Any, name: str, cluster: Any, calls: Sequence[dict[str, Any]]
) -> list[Any]:
    """Have workers run a task for each of these calls; return results, and errors as they are."""
    getattr(solution, name)  # says so readably if there is none
    work = getattr(sys.modules["dojo_solution"], name)  # what a worker is sent: as the file has it
    address = cluster.address

    @flow(name="test")
    def run() -> list[Any]:
        found: list[Any] = []
        with DaskTaskRunner(address=address) as runner:
            futures = [runner.submit(work, call) for call in calls]
            for future in futures:
                try:
                    found.append(future.result())
                except NotImplementedError:
                    raise
                except Exception as error:
                    found.append(error)
        return found

    return run()


# Task 1: names travel, data stays


def check_scores(place: Place, region: str, frame: pd.DataFrame, weight: float, call: str) -> None:
    """Check the file of a region's scores, row by row."""
    seen = place.scores(region)
    expected = pd.DataFrame(
        {
            "customer_id": frame["customer_id"].to_numpy(),
            "score": (frame["tenure"] * weight).to_numpy(dtype=float),
        }
    )
    is_right = (
        isinstance(seen, pd.DataFrame)
        and list(seen.columns) == list(expected.columns)
        and seen["customer_id"].tolist() == expected["customer_id"].tolist()
        and seen["score"].dtype == float
        and np.array_equal(seen["score"], expected["score"], equal_nan=True)
    )
    assert is_right, told(
        f"{call} left in scores/{region}.pkl"
        f" {'nothing that can be read' if seen is None else shorten(str(seen.head(3)))}.",
        f"Expected: the columns {list(expected.columns)}, {len(expected)} rows in the order of the"
        f" customers' file, beginning with {shorten(str(expected.head(3)))}.",
        "In production: a score that stands beside another customer's id, or is one of yesterday's"
        " model, sends the letter to the wrong person, and every run is green.",
    )


def test_data_stays_where_it_is(solution: Any, dask_cluster: Any, place: Place) -> None:
    frames = {name: place.customers(name, frame_of(ROWS, n)) for n, name in enumerate("ab")}
    put(place.path / "model.pkl", Model(place.path, 0.5, meets=2))
    cluster = dask_cluster()
    calls = [{"region": name, "folder": place.folder} for name in frames]
    found = on_cluster(solution, "score_region", cluster, calls)
    call = "score_region('a', folder) and ('b', folder), on two workers,"
    assert found == [ROWS, ROWS], told(
        f"{call} came to: {shorten(repr(found))}. Expected: {[ROWS, ROWS]}, numbers of customers.",
        "In production: what a task answers goes over the wire to whoever asked.",
    )
    for name, frame in frames.items():
        check_scores(place, name, frame, 0.5, call)
    assert cluster.received < FAR_LESS, told(
        f"{call} made Dask's scheduler and workers receive {cluster.received:,} bytes."
        f" Expected: less than {FAR_LESS:,}, whatever the customers' files hold, here"
        f" {2 * ROWS:,} rows and a model.",
        "In production: with 40 GB of customers the scheduler, through which all of it passes, is"
        " killed before the first worker begins.",
    )
    seen = {one["pid"] for one in place.journal if "rows" in one}
    assert seen == set(cluster.workers), told(
        f"{call} asked the model in the processes {sorted(seen)}. Expected: in those of the"
        f" workers, {sorted(cluster.workers)}, each its own region.",
        "In production: ten machines are paid, and one does the work.",
    )
    before = os.stat(place.path / "model.pkl")
    put(place.path / "model.pkl", Model(place.path, 0.25, meets=0))
    os.utime(place.path / "model.pkl", ns=(before.st_atime_ns, before.st_mtime_ns))
    on_cluster(solution, "score_region", cluster, calls)
    again = (
        f"{call} and once more after model.pkl was replaced, by one of the same size, copied with"
        " its time as `cp -p` does,"
    )
    for name, frame in frames.items():
        check_scores(place, name, frame, 0.25, again)


def test_region_is_scored_as_it_is(solution: Any, place: Place) -> None:
    (any_file := place.path / "any").touch()
    for number, name in enumerate(NAMES):
        kind = ("array", "series", "own_series")[number % 3]
        put(place.path / "model.pkl", Model(place.path, -2.0, answers=kind))
        frame = frame_of(9 if number else 0, number)
        if number == 1:
            frame.iloc[3, 0] = np.nan
        if number == 2:
            frame = frame.assign(**{"customer_id": "007", "Tenure": 1, "score": 3})
        place.customers(name, frame)
        one = ended(
            "score_region",
            f"{name!r}, folder",
            lambda n=name: solution.score_region(n, place.folder),
        )
        assert one.value == len(frame) and type(one.value) is int, told(
            f"{one.call} {one.ending}. Expected: {len(frame)}, how many customers it has.",
            "In production: a region with a point in its name, a long one, or without a customer"
            " yet, stops the night, or takes the place of another one.",
        )
        check_scores(place, name, frame, -2.0, one.call)
        rights = [
            stat.filemode(one.stat().st_mode)
            for one in (place.path / "scores" / f"{name}.pkl", any_file)
        ]
        assert rights[0] == rights[1], told(
            f"{one.call}: scores/{name}.pkl has the rights {rights[0]}. Expected: {rights[1]},"
            " those of any file that a program writes there.",
            "In production: the campaign is another user, and cannot read tonight's scores.",
        )
        if frame.empty:
            continue  # of nobody a model need not be asked
        wanted = [column for column in frame.columns if column != "customer_id"]
        seen = place.journal[-1]["columns"]
        assert seen == wanted, told(
            f"{one.call} gave the model the columns {seen}. Expected: {wanted}, in their order.",
            "In production: a model takes columns by their place. It raises nothing, it is wrong.",
        )


def test_error_of_the_model_goes_out(solution: Any, place: Place) -> None:
    frame = place.customers("nord", frame_of(5))
    put(place.path / "model.pkl", Model(place.path, 1.0))
    solution.score_region("nord", place.folder)
    put(place.path / "model.pkl", Model(place.path, 1.0, error="17 columns, 18 expected"))
    one = ended(
        "score_region", "'nord', folder", lambda: solution.score_region("nord", place.folder)
    )
    assert isinstance(one.error, LookupError) and "18 expected" in str(one.error), told(
        f"{one.call} {one.ending}. The model raised LookupError: 17 columns, 18 expected.",
        "Expected: that very error.",
        "In production: the task run is green, and yesterday's scores stay for today's.",
    )
    check_scores(place, "nord", frame, 1.0, f"{one.call}, after a call that went well,")


# Task 2: the same answer on a cluster and on threads


class Lent(dict[str, Any]):
    """What a caller lends: it notes who writes into it, for a moment too."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def __setitem__(self, key: str, value: Any) -> None:
        self.written.append(f"given[{key!r}] = {shorten(repr(value))}")
        super().__setitem__(key, value)

    def update(self, *args: Any, **more: Any) -> None:
        self.written.append(f"given.update({shorten(repr([*args, more]))})")
        super().update(*args, **more)

    def __reduce__(self) -> Any:
        return dict, (dict(self),)  # where it has been sent it is nobody's


def spread(solution: Any, place: Place, regions: Sequence[str], **more: Any) -> Ended:
    """Have the solution spread `visit`, as plans say."""
    plans = more.pop("plans", {})
    shown = f"visit, {list(regions)}, given"
    shown += ", address='tcp://...'" if more.get("address") else ""
    shown += ", on_done=note" if "on_done" in more else ""
    given = more.pop("given", {})
    dict.update(given, folder=place.folder, plans=plans)
    return ended("spread", shown, lambda: solution.spread(visit, list(regions), given, **more))


def part(one: Ended, key: str) -> dict[str, Any]:
    """Look up `done` or `failed` in what was returned."""
    found = one.value.get(key) if isinstance(one.value, dict) else None
    return found if isinstance(found, dict) else {}


def answered(
    one: Ended,
    done: Sequence[str],
    failed: Sequence[str],
    why: str,
    answers: dict[str, Any] | None = None,
) -> None:
    """Check which regions are done, and which failed, in the order asked."""
    seen = [list(part(one, "done")), list(part(one, "failed"))]
    own = all(
        result == answers[name] if answers else isinstance(result, list) and result[:1] == [name]
        for name, result in part(one, "done").items()
    )
    returned = f", here {answers}" if answers else ""
    assert seen == [list(done), list(failed)] and own, told(
        f"{one.call} {one.ending}.",
        f"Expected: done, in this order: {list(done)}, each with what the task returned for"
        f" it{returned}; failed: {list(failed) or 'none'}.",
        f"In production: {why}",
    )


def test_same_answer_on_cluster_and_threads(
    solution: Any, dask_cluster: Any, place: Place, prefect_history: Any
) -> None:
    cluster = dask_cluster()
    here, regions = os.getpid(), ["sud", "nord"]
    both = {name: {"meets": 2} for name in regions}
    for turn, address in enumerate((cluster.address, None, cluster.address)):
        (place.path / "journal.jsonl").write_text("")
        one = spread(solution, place, regions, plans=both, address=address)
        why = "the same night has another answer on the laptop, where its fault is looked for."
        answered(one, regions, [], why)
        began = [next(iter(line)) for line in place.journal]
        where = {line["pid"] for line in place.journal}
        expected = set(cluster.workers) if address else {here}
        assert where == expected and began[:2] == ["begun", "begun"], told(
            f"{one.call} {one.ending}. Call {turn + 1} of three: with an address, without, with.",
            f"Regions were worked on in the processes {sorted(where)}; begun and ended, in this"
            f" order: {began}. Expected: both begin before one ends, in"
            f" {'the two workers of that address' if address else 'threads of this process'},"
            f" {sorted(expected)}.",
            "In production: a cluster is rented by the hour, and the work is done beside it, or by"
            " one of its machines after the other.",
        )
    flow_runs = {str(run.id) for run in prefect_history.flow_runs}
    of_workers = Counter(run.flow_run_id for run in cluster.runs)
    assert (
        len(flow_runs) == 3 and set(of_workers.values()) == {2} and set(of_workers) <= flow_runs
    ), told(
        f"Three calls of spread made {len(flow_runs)} flow runs; task runs of the workers by flow"
        f" run: {sorted(of_workers.values())}. Expected: 3, and two task runs in each.",
        "In production: the page of the run is empty, and nobody can cancel what the workers do.",
    )


def test_results_keep_the_order_asked(solution: Any, place: Place) -> None:
    regions = ["nord", "nord.est", "sud"]
    plans = {"nord": {"after": "nord.est"}, "nord.est": {"after": "sud"}}
    lent = Lent()
    one = spread(solution, place, regions, plans=plans, given=lent)
    ends = [line["ended"] for line in place.journal if "ended" in line]
    answered(
        one,
        regions,
        [],
        f"they ended in this order: {ends}. Joined by position each region gets another's.",
    )
    assert not lent.written, told(
        f"{one.call} wrote into `given`, which is the caller's: {', '.join(lent.written[:3])}.",
        "Expected: it is only read.",
        "In production: two nights are spread at once with one `given`, and each works on the"
        " other's region.",
    )


# Task 3: as soon as it is done; what fails is reported


@pytest.mark.parametrize("where", ["threads", "cluster"])
def test_done_region_is_told_while_another_works(
    solution: Any, dask_cluster: Any, place: Place, where: str
) -> None:
    regions = ["slow", "nord", "sud"]
    plans = {"slow": {"until": ["told", 2]}}
    if where == "threads":  # there all three are at work at once, and two end together
        plans |= {"nord": {"meets": 3}, "sud": {"meets": 3}}
    address = dask_cluster().address if where == "cluster" else None
    told_here = Told(place.folder)
    one = spread(solution, place, regions, plans=plans, address=address, on_done=told_here)
    answered(one, regions, [], "the report lacks a region.")
    happened = [
        f"{kind} {line[kind]}"
        for line in place.journal
        for kind in ("told", "ended")
        if kind in line
    ]
    of_told = [line for line in place.journal if "told" in line]
    order = [line["told"] for line in of_told]
    is_early = happened.index("ended slow") > max(
        (place_ for place_, what in enumerate(happened) if what in ("told nord", "told sud")),
        default=len(happened),
    )
    assert is_early and order[-1:] == ["slow"] and sorted(order) == sorted(regions), told(
        f"{one.call} {one.ending}.",
        f"What happened, in this order: {', '.join(happened)}.",
        "Expected: 'nord' and 'sud' are told while 'slow' still works; it was held until then, and"
        " let go when nothing more happened. Each is told once.",
        "In production: one region needs till nine, and the letters of the eleven others wait for"
        " it.",
    )
    at_once = [line["at_once"] for line in place.journal if "at_once" in line]
    assert not at_once, told(
        f"{one.call}: on_done was called of {at_once} while another call of it was under way."
        " Expected: one call at a time.",
        "In production: two reports are written into one file, line by line in turns.",
    )
    given = {line["told"]: line["result"] for line in of_told}
    pids = {line["pid"] for line in of_told}
    assert given == part(one, "done") and pids == {os.getpid()}, told(
        f"{one.call}: on_done was given {shorten(repr(given))}, in the processes {pids}.",
        f"Expected: what the task returned for each, here, in process {os.getpid()}.",
        "In production: a worker that reports does so twice when it is run again.",
    )


def test_failed_region_is_reported_others_go_on(solution: Any, place: Place) -> None:
    regions = ["nord", "ouest", "sud", "est"]
    plans = {
        "nord": {"fails": True},
        "sud": {"fails": True},
        "ouest": {"after": "est", "answer": ""},  # an empty receipt: nobody was written to
        "est": {"answer": None},
    }
    empty = {"ouest": "", "est": None}
    why = "the one region with a bad file takes the eleven others along, or is missing in silence."
    for failing in (plans, {}):
        (place.path / "journal.jsonl").write_text("")
        told_here = Told(place.folder)
        one = spread(solution, place, regions, plans=failing, on_done=told_here)
        bad = [name for name in regions if failing.get(name, {}).get("fails")]
        good = [name for name in regions if name not in bad]
        answered(one, good, bad, why, empty if failing else None)
        for name in bad:
            text = REFUSAL.format(region=name)
            seen = str(part(one, "failed").get(name))
            assert all(line in seen for line in text.splitlines()), told(
                f"{one.call} {one.ending}.",
                f"{name} raised LookupError({text!r}). Reported: {shorten(seen)!r}. Expected: a"
                " text that contains all of that.",
                "In production: somebody is to mend it at three in the morning, and is told that"
                " something failed.",
            )
        of = sorted(line["told"] for line in place.journal if "told" in line)
        assert of == sorted(good), told(
            f"{one.call}: on_done was told of {of}. Expected: {sorted(good)}, which are done.",
            "In production: letters go out for a region that was not scored.",
        )


def test_run_without_a_region_done_fails(solution: Any, place: Place, prefect_history: Any) -> None:
    regions = ["nord", "sud"]
    one = spread(solution, place, regions, plans={name: {"fails": True} for name in regions})
    states = [run.states[-1] for run in prefect_history.flow_runs]
    missing = [name for name in regions if f"no score for {name!r}" not in _plain(str(one.error))]
    assert one.error is not None and not missing and states == ["Failed"], told(
        f"{one.call} {one.ending}. Both regions failed; the flow run ended as {states}.",
        "Expected: it raises, the flow run is Failed, and the text names each region's error;"
        f" missing there: {missing or 'none'}.",
        "In production: a night in which nothing was scored is green.",
    )


def test_error_of_who_listens_goes_out(
    solution: Any, dask_cluster: Any, place: Place, prefect_history: Any
) -> None:
    def full(region: str, result: Any) -> None:
        raise OSError("no space left for the report")

    address, regions = dask_cluster().address, ["nord", "sud"]
    one = ended(
        "spread",
        "visit, ['nord', 'sud'], given, address='tcp://...', on_done=full",
        lambda: solution.spread(
            visit, regions, {"folder": place.folder}, address=address, on_done=full
        ),
    )
    left = close_client()
    states = [run.states[-1] for run in prefect_history.flow_runs]
    assert isinstance(one.error, OSError) and states == ["Failed"], told(
        f"{one.call} {one.ending}. The flow run ended as {states}.",
        "on_done raised OSError: no space left for the report. Expected: that very error, and a"
        " flow run that is Failed.",
        "In production: the one who is to write the letters is told nothing, and the night is"
        " green; or regions that are done are reported as failed, and somebody scores them again.",
    )
    assert not left, told(
        f"{one.call} {one.ending}, and left a Dask client open in this process: {left}."
        " Expected: none, whatever is raised.",
        "In production: its cluster gets the work of each later call, whatever address that has.",
    )


def close_client() -> str:
    """Close the client that Prefect would take, whatever the address; say which one, if any."""
    try:
        left = default_client()
    except ValueError:
        return ""
    shown = repr(left)
    left.close()
    return shown


def _plain(text: str) -> str:
    """Take from a text what `repr` has put in."""
    return text.replace("\\", "")


# Task 4: a worker dies


def test_killed_worker_leaves_no_half_file(solution: Any, dask_cluster: Any, place: Place) -> None:
    put(place.path / "model.pkl", Model(place.path, 1.0))
    first = place.customers("nord", frame_of(300, 1))
    solution.score_region("nord", place.folder)
    frame = place.customers("nord", frame_of(900, 2))
    put(place.path / "model.pkl", Model(place.path, 3.0, dies_at_byte=3000, look=True))
    cluster = dask_cluster()
    found = on_cluster(
        solution, "score_region", cluster, [{"region": "nord", "folder": place.folder}]
    )
    call = "score_region('nord', folder), whose worker is killed as it writes its 3,000th byte,"
    left = [one["left"] for one in place.journal if "left" in one]
    assert any("dying" in one for one in place.journal) and len(left) == 2, told(
        f"{call} came to {shorten(repr(found))}; the model was asked {len(left)} times."
        " Expected: twice, for Dask has another worker do the work again.",
        "In production: the region is missing in the morning.",
    )
    assert left[1] == {"nord.pkl": len(first)}, told(
        f"{call} left these files `*.pkl` in scores, with so many rows (-1: half a file):"
        f" {left[1]}. Expected: {{'nord.pkl': {len(first)}}}, the one of before, whole.",
        "In production: at that moment somebody reads the folder, and writes to half of the"
        " customers; or the file's end is missing for good, if that was the last worker.",
    )
    assert found == [len(frame)], told(
        f"{call} and is run again, came to {shorten(repr(found))}. Expected: {[len(frame)]}."
    )
    check_scores(place, "nord", frame, 3.0, f"{call} and is run again,")


def test_two_workers_at_one_region_both_succeed(solution: Any, place: Place) -> None:
    frame = place.customers("nord", frame_of(50))
    put(place.path / "model.pkl", Model(place.path, 1.0))
    other = place.path / "scores" / "nord.tmp"
    other.write_text("somebody else's")
    place.scored("nord", [0.25], ["yesterday's"])
    both = threading.Barrier(2, timeout=10)
    errors: list[BaseException] = []
    there: list[bool] = []
    drafts: list[Path] = []

    def held(real: Callable[..., Any]) -> Callable[..., Any]:
        def move(*args: Any, **more: Any) -> Any:
            if str(args[1]).endswith("nord.pkl"):
                drafts.append(place.path / "scores" / Path(args[0]).name)
                with contextlib.suppress(threading.BrokenBarrierError):
                    both.wait()  # both have written, neither has given its file the name
                there.append((place.path / "scores" / "nord.pkl").exists())
            return real(*args, **more)

        return move

    the_same = uuid.uuid4()  # Dask starts a task run again with the id that it had

    def score() -> None:
        try:
            score_as(solution, the_same, "nord", place.folder)
        except BaseException as error:
            errors.append(error)

    with contextlib.ExitStack() as stack:
        for name in ("replace", "rename"):
            stack.enter_context(mock.patch.object(os, name, held(getattr(os, name))))
        workers = [threading.Thread(target=score) for _ in range(2)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
    for error in errors:
        if isinstance(error, NotImplementedError):
            raise error
    call = "score_region('nord', folder), by two workers at the same time,"
    assert not errors, told(
        f"{call} raised {errors[0]!r}. Expected: both succeed.",
        "In production: Dask gives the work of a worker that does not answer to another one; the"
        " first one was only slow; it is the same task run. The one takes away the file that the"
        " other one writes.",
    )
    check_scores(place, "nord", frame, 1.0, call)
    assert all(there), told(
        f"{call} found yesterday's scores there, and took scores/nord.pkl away before the new file"
        " had its name.",
        "Expected: the file is there at each moment; the new one takes the old one's place.",
        "In production: the campaign reads at that moment and writes to nobody; a worker that dies"
        " right then leaves the region without scores.",
    )
    others = [other, *(one.with_name(other_name(one.name)) for one in drafts)]
    for one in others[1:]:
        one.write_text("somebody else's")
        os.utime(one, (1, 1))  # by the clock of a machine that has none
    solution.score_region("nord", place.folder)
    for one in others:
        kept = one.read_text() if one.exists() else "gone"
        assert kept == "somebody else's", told(
            f"{call} and once more, left of scores/{one.name}, a file of somebody else's:"
            f" {kept[:40]!r}.",
            "Expected: it is as it was, however old it seems.",
            "In production: what another worker writes there at this moment is lost; clocks of"
            " machines differ, and one that is paused for a day goes on.",
        )


def score_as(solution: Any, run: uuid.UUID, region: str, folder: str) -> None:
    """Score a region as the task run of this id, in this process, as a worker does it."""
    solution.score_region  # noqa: B018  says so readably if there is none
    work = sys.modules["dojo_solution"].score_region
    found = run_task(work, task_run_id=run, parameters={"region": region, "folder": folder})
    if inspect.isawaitable(found):
        asyncio.run(found)


def other_name(draft: str) -> str:
    """Return a name such as somebody else's draft may have: other digits, or another letter."""
    name = draft.translate(str.maketrans("0123456789", "1234567890"))
    stem, dot, ending = draft.partition(".")
    return name if name != draft else f"{stem}x{dot}{ending}"


def test_region_that_kills_its_workers_is_reported(
    solution: Any, dask_cluster: Any, place: Place
) -> None:
    cluster = dask_cluster(failures=0)
    regions = ["ouest", "nord", "sud"]
    plans = {"ouest": {"gate": True, "dies": "always"}}
    with Attendant(place, cluster, regions[1:], listens=False) as attendant:
        one = spread(solution, place, regions, plans=plans, address=cluster.address)
    why = (
        "one region has a customer too many for the memory; each worker that gets it dies. Nobody"
        " is told which it is, or the others are lost with it."
    )
    answered(one, ["nord", "sud"], ["ouest"], why)
    text = str(part(one, "failed").get("ouest"))
    assert "workers died" in text, told(
        f"{one.call} {one.ending}. Reported of 'ouest': {shorten(text)!r}.",
        "Expected: a text that contains what Dask says of it: that its workers died.",
        "In production: somebody looks for the fault in the region's data, for a day.",
    )
    assert attendant.kept == 0, told(
        f"{one.call} {one.ending}.",
        "While 'ouest' was at work, and 'nord' and 'sud' were done, Dask still kept"
        f" {attendant.kept} results for whoever might ask. Expected: none, though nobody listens.",
        "In production: when a worker dies, all that was ever done on it is made again.",
    )


class Attendant(threading.Thread):
    """Waits until regions are done and let go of, and opens the gate for the one at work.

    It may kill an idle worker before.
    """

    def __init__(
        self,
        place: Place,
        cluster: Any,
        others: Sequence[str],
        *,
        listens: bool = True,
        kills: bool = False,
    ) -> None:
        super().__init__()
        self.place, self.cluster, self.others = place, cluster, set(others)
        self.listens, self.kills = listens, kills
        self.kept: int | None = None
        self.killed: int | None = None
        self.is_over = threading.Event()

    def __enter__(self) -> "Attendant":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        self.join()

    def run(self) -> None:
        try:
            with Client(self.cluster.address, set_as_default=False) as client:
                self._attend(client)
        finally:
            (self.place.path / "gate").touch()

    def _attend(self, client: Client) -> None:
        def done() -> dict[str, int]:
            return {one["ended"]: one["pid"] for one in self.place.journal if "ended" in one}

        def is_soon_here(look: Callable[[], bool]) -> bool:
            return is_soon(self.place.folder, lambda: self.is_over.is_set() or look())

        while not set(done()) >= self.others and not self.is_over.wait(0.01):
            pass
        if self.listens:
            told_of = len(self.others)
            is_soon_here(lambda: sum("told" in one for one in self.place.journal) >= told_of)
        # What nobody holds any more Dask forgets, and then nothing of it can be lost.
        is_soon_here(lambda: len(states_of(client)) <= 1)
        self.kept = states_of(client).count("memory")
        if self.is_over.is_set() or not self.kills:
            return
        self.killed = done()[sorted(self.others)[0]]
        os.kill(self.killed, signal.SIGKILL)
        is_soon_here(lambda: workers_of(client) < len(self.cluster.workers))
        at_work = ("waiting", "queued", "no-worker", "processing")
        is_soon_here(lambda: sum(one in at_work for one in states_of(client)) <= 1)


def states_of(client: Client) -> list[str]:
    """Return in which state each task is that the scheduler knows of."""
    return client.run_on_scheduler(
        lambda dask_scheduler: [one.state for one in dask_scheduler.tasks.values()]
    )


def workers_of(client: Client) -> int:
    """Return how many workers the scheduler knows of."""
    return client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.workers))


def test_done_region_does_not_run_again(solution: Any, dask_cluster: Any, place: Place) -> None:
    cluster = dask_cluster(workers=3)
    regions = ["slow", "nord", "sud"]
    with Attendant(place, cluster, regions[1:], kills=True) as attendant:
        one = spread(
            solution,
            place,
            regions,
            plans={"slow": {"gate": True}},
            address=cluster.address,
            on_done=Told(place.folder),
        )
    answered(one, regions, [], "a worker that dies takes the report along.")
    ran = Counter(line["begun"] for line in place.journal if "begun" in line)
    assert attendant.killed and set(ran.values()) == {1}, told(
        f"{one.call} {one.ending}.",
        "'nord' and 'sud' were done and 'slow' at work when an idle worker was killed. How often"
        f" each ran: {dict(ran)}. Expected: once each.",
        "In production: at 5:50 the eleventh region takes a machine down, and Dask has all that was"
        " ever done there made again, though Prefect calls it Completed: its futures were still"
        " held.",
    )


# Task 5: written to once


def test_letters_go_out_once_though_a_worker_dies(
    solution: Any, dask_cluster: Any, place: Place
) -> None:
    ids = ["007", "7", "NA", "1e5", "c-17"]
    place.scored("Île-de-France", [0.9, 0.5, 0.51, 0.1, 1.0], ids)
    put(place.path / "post.pkl", Post(place.path, dies=True))
    cluster = dask_cluster()
    call = {"region": "Île-de-France", "folder": place.folder, "night": "2026-03-14"}
    found = on_cluster(solution, "send_letters", cluster, [call])
    asked = [one for one in place.journal if "key" in one]
    shown = (
        "send_letters('Île-de-France', folder, '2026-03-14'), whose worker dies when the post has"
        " accepted the batch and before it has answered,"
    )
    assert len(asked) == 2 and len({one["key"] for one in asked}) == 1, told(
        f"{shown} came to {shorten(repr(found))}. The post was asked with the keys"
        f" {[one['key'] for one in asked]}. Expected: twice, by two workers, with one key.",
        "In production: the customers of the region get two letters, for the post cannot know that"
        " it is the same batch.",
    )
    wanted = ["007", "NA", "c-17"]
    assert [one["ids"] for one in asked] == [wanted] * 2 and asked[0]["kinds"] == ["str"], told(
        f"{shown} sent to {[one['ids'] for one in asked]}, of the types {asked[0]['kinds']}."
        f" Expected: each time {wanted}, texts, those above 0.5 in the file's order.",
        "In production: the wrong customers get a discount.",
    )
    assert found == [f"receipt of {asked[0]['key']}"], told(
        f"{shown} and is run again, came to {shorten(repr(found))}. Expected: the post's receipt.",
        "In production: nobody can say later whether the letters went out.",
    )


# Joined without care, two of these are one: the night's end and the region's beginning.
BATCHES = [
    ("1", "1 nord"),
    ("1 1", "nord"),
    ("11", "nord"),
    ("1", "1nord"),
    ("2026-03-14", "nord"),
    ("2026-03-14", "Nord"),
    ("2026-03-14", "nord-sud"),
    ("2026-03-14-nord", "sud"),
    ("2026-03-14/nord", "sud"),
    ("2026-03-14", "nord_sud"),
    ("2026-03-14_nord", "sud"),
    ("2026-03-15", "nord"),
    ("a:b", "c"),
    ("a", "b:c"),
    ("a|b", "c"),
    ("a", "b|c"),
    ("2026-03-14T01:00+01:00", "nord"),
    ("2026-03-14", "Île"),
    ("2026-03-14", "I\u0302le"),  # the same in print
]


@contextlib.contextmanager
def zone(name: str) -> Iterator[None]:
    """Have this machine's clock be one of another time zone, as the C library names it."""
    heed = getattr(time, "tzset", lambda: None)  # Windows has none
    try:
        with mock.patch.dict(os.environ, TZ=name):
            heed()
            yield
    finally:
        heed()


def test_key_names_night_and_region(
    solution: Any, place: Place, tmp_path: Path, laws: Any, clock: Any
) -> None:
    put(place.path / "post.pkl", Post(place.path))
    keys: dict[str, list[tuple[str, str]]] = {}
    for night, region in BATCHES:
        place.scored(region, [0.9], ["7"])
        solution.send_letters(region, place.folder, night)
        keys.setdefault(place.journal[-1]["key"], []).append((night, region))
    shared = next((one for one in keys.items() if len(one[1]) > 1), ("", []))
    assert not shared[1], told(
        f"send_letters asked the post with the key {shared[0]!r} for these nights and regions:"
        f" {shared[1]}. Expected: a key of its own for each.",
        "In production: the post takes the second batch for the first one, answers with its"
        " receipt, and nobody of that region gets a letter.",
    )
    region = "nord"
    (moved := tmp_path / "moved").mkdir()
    mounted = Place(moved)
    put(mounted.path / "post.pkl", Post(place.path))
    mounted.scored(region, [0.2, 0.8, 0.7], ["7", "8", "9"])
    clock.advance(24 * 3600)
    elsewhere = laws.load_elsewhere()
    for night in ("2026-03-14", "2026-03-14T01:00+01:00"):
        first = next(key for key, some in keys.items() if (night, region) in some)
        with mock.patch.object(socket, "gethostname", return_value="machine-12"), zone("UTC-13"):
            elsewhere.send_letters(region, mounted.folder, night)
        again = place.journal[-1]["key"]
        assert again == first, told(
            f"send_letters({region!r}, folder, {night!r}) asked the post with {first!r}; and a day"
            " later, in another process, in another time zone, of a folder that lies elsewhere"
            f" there, with {again!r}.",
            "Expected: the same key, for it is the same night and the same region.",
            "In production: somebody starts the night that failed again in the morning, and those"
            " who have their letter get another one.",
        )


def test_nobody_to_write_to_and_a_post_that_refuses(solution: Any, place: Place) -> None:
    put(place.path / "post.pkl", Post(place.path))
    place.scored("nord", [0.5, 0.0, float("nan")], ["7", "8", "9"])
    one = ended(
        "send_letters",
        "'nord', folder, night",
        lambda: solution.send_letters("nord", place.folder, "n"),
    )
    assert one.value == "" and not place.journal, told(
        f"{one.call}, where no score is above 0.5, {one.ending}; the post was asked"
        f" {len(place.journal)} times. Expected: not at all, and an empty receipt.",
        "In production: a batch of nobody is paid like any other.",
    )
    put(place.path / "post.pkl", Post(place.path, error="the line is dead"))
    place.scored("nord", [0.6], ["7"])
    one = ended(
        "send_letters",
        "'nord', folder, night",
        lambda: solution.send_letters("nord", place.folder, "n"),
    )
    assert isinstance(one.error, ConnectionError) and len(place.journal) == 1, told(
        f"{one.call}, where the post raised ConnectionError: the line is dead, {one.ending}; it was"
        f" asked {len(place.journal)} times. Expected: once, and that very error.",
        "In production: whoever starts it again decides when; a task that is green has sent"
        " nothing.",
    )
