"""What the examination of 19_scale_out has run inside: each function gets the submission.

A script says what befalls each region: whom it meets, whom it waits for, whether it fails, or kills
its worker. What happened is in a journal, to which every process adds lines.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import os
import signal
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from dojo.world.cluster.noted import Cluster
from dojo.world.cluster.nursery import Nursery

if TYPE_CHECKING:
    from distributed import Client

_LOOKS = 350  # of 10 ms each, or as long as a busy machine takes for them
_ROWS = 40_000
_FAR_LESS = 400_000  # bytes
_SOLUTION = "dojo_solution"
_AT_WORK = ("waiting", "queued", "no-worker", "processing")

_nurseries: list[Nursery] = []
_numbers = iter(range(10**6))


@contextlib.contextmanager
def _cluster(folder: Path, **more: int) -> Iterator[Cluster]:
    """Run a cluster whose workers have the submission's file."""
    if not _nurseries:
        _nurseries.append(Nursery())
    (own := folder / f"cluster-{next(_numbers)}").mkdir()
    solution = Path(str(sys.modules[_SOLUTION].__file__))
    with _nurseries[0].cluster(own, solution, **more) as cluster:
        yield cluster


def _shared(folder: Path) -> str:
    """Make the folder that all machines see."""
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    place = folder / f"shared-{next(_numbers)}"
    for name in ("scores", "customers"):
        (place / name).mkdir(parents=True)
    return str(place)


# What happens, wherever it does


def _note(folder: str, **said: Any) -> None:
    """Add a line to the journal; it is there whoever is killed next."""
    line = (json.dumps({**said, "pid": os.getpid()}) + "\n").encode()
    writing = os.open(Path(folder) / "journal.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(writing, line)
    os.close(writing)


def _noted(folder: str) -> list[dict[str, Any]]:
    """Return the lines of the journal."""
    file = Path(folder) / "journal.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def _is_soon(folder: str, look: Callable[[], bool]) -> bool:
    """Look again and again, as long as something happens, and somewhat longer."""
    left, before = _LOOKS, -1
    while not look():
        now = len(_noted(folder))
        left = left - 1 if now == before else _LOOKS
        before = now
        if not left:
            return False
        time.sleep(0.01)
    return True


def _is_first(folder: str, what: str) -> bool:
    """Say once in all processes that it is the first time."""
    with contextlib.suppress(FileExistsError):
        (Path(folder) / f"first-{what}").touch(exist_ok=False)
        return True
    return False


def _visit(region: str, folder: str, plans: dict[str, Any]) -> Any:
    """Work on a region, as its plan says."""
    plan = plans.get(region, {})
    _note(folder, begun=region)
    if meets := plan.get("meets"):
        _is_soon(folder, lambda: sum("begun" in one for one in _noted(folder)) >= meets)
    if after := plan.get("after"):
        _is_soon(folder, lambda: any(one.get("ended") == after for one in _noted(folder)))
    if told := plan.get("told"):
        _is_soon(folder, lambda: sum("told" in one for one in _noted(folder)) >= told)
    if plan.get("gate"):
        while not (Path(folder) / "gate").exists():
            time.sleep(0.01)
    if text := plan.get("fails"):
        raise LookupError(text)
    if plan.get("dies"):
        os.kill(os.getpid(), signal.SIGKILL)
    _note(folder, ended=region)
    return plan["answers"] if "answers" in plan else [region, plan.get("answer", "")]


class Model:
    """A model in a file: it scores by a weight, and has happen what is planned."""

    def __init__(self, folder: str, weight: float, **plan: Any) -> None:
        """Remember all of it, with as much again as a region has."""
        import numpy

        self.folder, self.weight, self.plan = folder, weight, plan
        self.ballast = numpy.random.default_rng(1).random(_ROWS)

    def predict(self, numbers: Any) -> Any:
        """Score rows by the first of their columns."""
        if "dies_at_byte" in self.plan:
            _note(self.folder, left=_files_of(self.folder))
            if _is_first(self.folder, "model"):
                import resource

                limit = self.plan["dies_at_byte"]
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        if meets := self.plan.get("meets"):
            _note(self.folder, met=True)
            _is_soon(self.folder, lambda: len({one["pid"] for one in _noted(self.folder)}) >= meets)
        if "fails" in self.plan:
            raise LookupError(self.plan["fails"])
        _note(self.folder, columns=list(numbers.columns), rows=len(numbers))
        scores = numbers.iloc[:, 0] * self.weight
        answers = {"series": scores, "own_series": scores.reset_index(drop=True)}
        return answers.get(self.plan.get("answers", ""), scores.to_numpy())


class Post:
    """The post: it answers a key that it knows as it did before. It may take its worker along."""

    def __init__(self, folder: str, **plan: Any) -> None:
        """Remember where it notes, and what is planned."""
        self.folder, self.plan = folder, plan

    def send(self, key: str, customer_ids: list[str]) -> str:
        """Accept a batch."""
        _note(self.folder, key=key, ids=[f"{type(one).__name__} {one}" for one in customer_ids])
        if "fails" in self.plan:
            raise ConnectionError(self.plan["fails"])
        if self.plan.get("dies") and _is_first(self.folder, "post"):
            os.kill(os.getpid(), signal.SIGKILL)
        return f"receipt of {key}"


class Told:
    """Is told of each region that is done, and notes it."""

    def __init__(self, folder: str) -> None:
        """Remember where it notes."""
        self.folder, self.inside = folder, 0

    def __call__(self, region: str, result: Any) -> None:
        """Note it, and whether somebody else is at it meanwhile."""
        self.inside += 1
        _note(self.folder, told=region, result=result)
        for _ in range(20):
            if self.inside > 1:
                _note(self.folder, at_once=region)
                break
            time.sleep(0.005)
        self.inside -= 1


def _files_of(folder: str) -> dict[str, int]:
    """Return which files of scores somebody finds, with how many rows; -1: none that is whole."""
    import pandas

    found = {}
    for name in sorted(os.listdir(Path(folder) / "scores")):
        if name.endswith(".pkl"):
            try:
                found[name] = len(pandas.read_pickle(Path(folder) / "scores" / name))
            except Exception:
                found[name] = -1
    return found


def _put(path: str, what: Any) -> None:
    import cloudpickle

    Path(path).write_bytes(cloudpickle.dumps(what))


def _customers(folder: str, region: str, rows: int, seed: int, *, untidy: bool = False) -> None:
    """Draw customers: ids that are no numbers, an index of another table."""
    import numpy
    import pandas

    rng = numpy.random.default_rng(seed)
    ids = [f"{'0' * (number % 3)}{number}" for number in rng.permutation(rows)]
    frame = pandas.DataFrame(
        {"tenure": rng.random(rows), "customer_id": ids, "calls": rng.random(rows)},
        index=rng.permutation(rows) + 7,
    )
    if untidy and rows:
        frame.iloc[rows // 2, 0] = numpy.nan
        frame = frame.assign(score=3, customer_id="007", Tenure=1)
    frame.to_pickle(Path(folder) / "customers" / f"{region}.pkl")


def _scores(folder: str, region: str) -> Any:
    """Return what a file of scores says, in short."""
    import pandas

    try:
        found = pandas.read_pickle(Path(folder) / "scores" / f"{region}.pkl")
        said = [f"{one:.9f}" for one in found["score"].astype(float)]
        ids = found["customer_id"].tolist()
        middle = slice(len(ids) // 2, len(ids) // 2 + 3)
        total = f"{found['score'].sum():.6f}"
        return [
            list(found.columns),
            len(found),
            ids[:3],
            said[:3],
            ids[middle],
            said[middle],
            total,
        ]
    except Exception as error:
        return f"none that can be read: {type(error).__name__}"


def _on_cluster(name: str, address: str, calls: Sequence[dict[str, Any]]) -> list[Any]:
    """Have workers run a task of the submission's for each of these calls."""
    from prefect import flow
    from prefect_dask import DaskTaskRunner

    work = getattr(sys.modules[_SOLUTION], name)

    @flow(name="examination")
    def run() -> list[Any]:
        found: list[Any] = []
        with DaskTaskRunner(address=address) as runner:
            for future in [runner.submit(work, call) for call in calls]:
                try:
                    found.append(future.result())
                except Exception as error:
                    found.append(f"raised {type(error).__name__}")
        return found

    return run()


# Scenarios


def score_on_cluster(
    _: Any, folder: Path, regions: list[str], seeds: list[int], weights: list[float]
) -> Any:
    """Score two regions on two workers; then, with another model in its place, once more."""
    place = _shared(folder)
    for region, seed in zip(regions, seeds, strict=True):
        _customers(place, region, _ROWS, seed)
    calls = [{"region": region, "folder": place} for region in regions]
    found: list[Any] = []
    with _cluster(folder) as cluster:
        for weight, meets in zip(weights, (2, 0), strict=True):
            _put(f"{place}/model.pkl", Model(place, weight, meets=meets))
            os.utime(f"{place}/model.pkl", (10**9, 10**9))  # copied with its time; of one size
            found.append(_on_cluster("score_region", cluster.address, calls))
            found.append([_scores(place, region) for region in regions])
        workers = {one["pid"] for one in _noted(place) if "rows" in one}
        found += [cluster.received < 2 * _FAR_LESS, workers == set(cluster.workers)]
    return found


def score_here(solution: Any, folder: Path, regions: list[str], text: str) -> Any:
    """Score regions of odd names, one of nobody; then with a model that fails."""
    place, found = _shared(folder), list[Any]()
    for number, region in enumerate(regions):
        kind = ("array", "series", "own_series")[number % 3]
        _put(f"{place}/model.pkl", Model(place, -2.5, answers=kind))
        _customers(place, region, number * 3, number, untidy=number == 2)
        found.append([solution.score_region(region, place), _scores(place, region)])
        mode = Path(place, "scores", f"{region}.pkl").stat().st_mode
        found.append(mode == Path(place, "model.pkl").stat().st_mode)
    # Of nobody a model need not be asked.
    found.append([one["columns"] for one in _noted(place) if one["rows"]])
    _put(f"{place}/model.pkl", Model(place, 1.0, fails=text))
    try:
        found.append(solution.score_region(regions[-1], place))
    except Exception as error:
        found.append([type(error).__name__, text in str(error)])
    return [*found, _scores(place, regions[-1])]


def _spread(
    solution: Any, place: str, regions: list[str], plans: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """Have the submission spread `visit`; tell what came of it, and what happened."""
    from prefect import task

    is_done_here = Path(place, "journal.jsonl").exists()
    if is_done_here:
        Path(place, "journal.jsonl").unlink()
    found: dict[str, Any] = {"raised": "", "kind": "", "text": "", "done": [], "failed": []}
    try:
        report = solution.spread(task(_visit), regions, {"folder": place, "plans": plans}, **more)
        found["done"] = [[region, one] for region, one in report["done"].items()]
        found["failed"] = list(report["failed"])
        found["text"] = " ".join(map(str, report["failed"].values()))
    except Exception as error:
        kind, text = type(error).__name__, str(error).replace("\\", "")
        found.update(raised="error", kind=kind, text=text)
    lines = _noted(place)
    kinds = ("begun", "told", "ended", "at_once")
    found["happened"] = [f"{kind} {one[kind]}" for one in lines for kind in kinds if kind in one]
    found["told"] = sorted([one["told"], one["result"]] for one in lines if "told" in one)
    found["told here"] = {one["pid"] for one in lines if "told" in one} <= {os.getpid()}
    found["pids"] = sorted({one["pid"] for one in lines if "begun" in one})
    return found


def spread_in_turns(
    solution: Any, folder: Path, regions: list[str], answers: list[list[str]]
) -> Any:
    """Spread two regions that meet on a cluster, on threads, and on the cluster again."""
    place, found = _shared(folder), []
    with _cluster(folder) as cluster:
        for address, some in zip((cluster.address, None, cluster.address), answers, strict=True):
            plans = {
                region: {"meets": 2, "answer": answer}
                for region, answer in zip(regions, some, strict=True)
            }
            seen = _spread(solution, place, regions, plans, address=address)
            where = cluster.workers if address else [os.getpid()]
            begun = [one.split()[0] for one in seen["happened"][:2]]
            found.append([seen["done"], seen["failed"], begun, seen["pids"] == sorted(where)])
        of_runs = Counter(one.flow_run_id for one in cluster.runs)
    return [found, sorted(of_runs.values()), "" in of_runs]


def spread_here(
    solution: Any, folder: Path, regions: list[str], plans: dict[str, Any], text: str
) -> Any:
    """Spread regions on threads; tell what was told, and whether texts name each error."""
    place = _shared(folder)
    seen = _spread(solution, place, regions, plans, on_done=Told(place))
    fails = [one["fails"] for one in plans.values() if "fails" in one]
    said = [line in seen["text"] for one in fails for line in one.splitlines()]
    kept = ("raised", "done", "failed", "told", "told here")
    return [[seen[one] for one in kept], said, text]


def listener_fails(solution: Any, folder: Path, regions: list[str], text: str) -> Any:
    """Have whoever listens raise, on threads and on a cluster; tell what came out, what is left."""
    from distributed import default_client

    def full(*_: Any) -> None:
        raise OSError(text)

    found = []
    with _cluster(folder) as cluster:
        for address in (None, cluster.address):
            seen = _spread(solution, _shared(folder), regions, {}, address=address, on_done=full)
            found.append([seen["raised"], seen["kind"], text in seen["text"]])
        with contextlib.suppress(ValueError):
            default_client().close()
            found.append(["a client is left open"])
    return found


def told_early(solution: Any, folder: Path, regions: list[str], on_cluster: bool) -> Any:
    """Hold the first region until the others are told; tell what came before its end."""
    place = _shared(folder)
    plans: dict[str, Any] = {regions[0]: {"told": len(regions) - 1}}
    if not on_cluster:  # there all are at work at once, and the others end together
        plans |= {region: {"meets": len(regions)} for region in regions[1:]}
    with _cluster(folder) if on_cluster else contextlib.nullcontext() as cluster:
        address = cluster.address if cluster else None
        seen = _spread(solution, place, regions, plans, address=address, on_done=Told(place))
    happened = seen["happened"]
    end = happened.index(f"ended {regions[0]}") if f"ended {regions[0]}" in happened else 0
    before = sorted(one for one in happened[:end] if one.startswith("told"))
    at_once = [one for one in happened if one.startswith("at_once")]
    return [before, seen["done"], seen["told"], seen["told here"], at_once]


def killed_as_it_writes(
    solution: Any, folder: Path, region: str, rows: list[int], limit: int
) -> Any:
    """Kill a worker as it writes; tell what the next one finds, and what came of it."""
    place = _shared(folder)
    _put(f"{place}/model.pkl", Model(place, 1.0))
    _customers(place, region, rows[0], 1)
    solution.score_region(region, place)
    _customers(place, region, rows[1], 2)
    _put(f"{place}/model.pkl", Model(place, 3.0, dies_at_byte=limit))
    with _cluster(folder) as cluster:
        found = _on_cluster("score_region", cluster.address, [{"region": region, "folder": place}])
    left = [one["left"] for one in _noted(place) if "left" in one]
    return [found, left, _scores(place, region), _files_of(place)]


def two_at_one_region(solution: Any, folder: Path, region: str) -> Any:
    """Have two threads be at one region: neither gives its file the name before both have one."""
    place = _shared(folder)
    _customers(place, region, 40, 3)
    _put(f"{place}/model.pkl", Model(place, 2.0))
    others = [Path(place, "scores", f"{region}.{end}") for end in ("tmp", "pkl.tmp", "part")]
    for other in others:
        other.write_text("somebody else's")
    both, errors = threading.Barrier(2, timeout=10), []
    the_same = uuid.uuid4()  # Dask starts a task run again with the id that it had

    def held(real: Callable[..., Any]) -> Callable[..., Any]:
        def move(*args: Any, **more: Any) -> Any:
            if str(args[1]).endswith(f"{region}.pkl"):
                others.append(Path(place, "scores", _other_name(Path(args[0]).name)))
                with contextlib.suppress(threading.BrokenBarrierError):
                    both.wait()
            return real(*args, **more)

        return move

    def score() -> None:
        try:
            _score_as(the_same, region, place)
        except BaseException as error:
            errors.append(type(error).__name__)

    with contextlib.ExitStack() as stack:
        for name in ("replace", "rename"):
            stack.enter_context(mock.patch.object(os, name, held(getattr(os, name))))
        threads = [threading.Thread(target=score) for _ in range(2)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    for other in others[3:]:
        other.write_text("somebody else's")
        os.utime(other, (1, 1))
    solution.score_region(region, place)
    kept = [other.exists() and other.read_text() == "somebody else's" for other in others]
    return [errors, _scores(place, region), kept]


def _score_as(run: uuid.UUID, region: str, folder: str) -> None:
    """Score a region as the task run of this id, as a worker does it."""
    from prefect.task_engine import run_task

    work = sys.modules[_SOLUTION].score_region
    found = run_task(work, task_run_id=run, parameters={"region": region, "folder": folder})
    if inspect.isawaitable(found):
        asyncio.run(_end(found))


async def _end(work: Awaitable[Any]) -> None:
    await work


def _other_name(draft: str) -> str:
    """Return a name such as somebody else's draft may have: other digits, or another letter."""
    name = draft.translate(str.maketrans("0123456789", "1234567890"))
    stem, dot, ending = draft.partition(".")
    return name if name != draft else f"{stem}x{dot}{ending}"


def kills_its_workers(solution: Any, folder: Path, regions: list[str]) -> Any:
    """Have the first region kill its worker, of which Dask lets it outlive none."""
    place = _shared(folder)
    plans = {regions[0]: {"gate": True, "dies": True}}
    with (
        _cluster(folder, failures=0) as cluster,
        _attended(place, cluster, regions[1:], listens=False) as attendant,
    ):
        seen = _spread(solution, place, regions, plans, address=cluster.address)
    return [seen["done"], seen["failed"], "workers died" in seen["text"], attendant.kept]


def not_again(solution: Any, folder: Path, regions: list[str]) -> Any:
    """Kill an idle worker when its regions are done, while the first one still works."""
    place = _shared(folder)
    plans, told = {regions[0]: {"gate": True}}, Told(place)
    with (
        _cluster(folder, workers=3) as cluster,
        _attended(place, cluster, regions[1:], kills=True) as attendant,
    ):
        seen = _spread(solution, place, regions, plans, address=cluster.address, on_done=told)
    begun = Counter(one for one in seen["happened"] if one.startswith("begun"))
    return [len(attendant.killed), seen["done"], dict(begun)]


class _Attendant:
    """Waits until regions are done and let go of; may kill an idle worker; opens the gate."""

    def __init__(self, place: str, cluster: Cluster, others: list[str]) -> None:
        """Know whom it waits for."""
        self.place, self.cluster, self.others = place, cluster, set(others)
        self.is_over = threading.Event()
        self.killed: list[int] = []
        self.kept: int | None = None

    def attend(self, *, listens: bool, kills: bool) -> None:
        """Wait, look, and open the gate, whatever happens."""
        from distributed import Client

        try:
            with Client(self.cluster.address, set_as_default=False) as client:
                self._wait(client, listens=listens)
                self.kept = _states_of(client).count("memory")
                if kills and not self.is_over.is_set():
                    self._kill(client)
        finally:
            Path(self.place, "gate").touch()

    def _done(self) -> dict[str, int]:
        return {one["ended"]: one["pid"] for one in _noted(self.place) if "ended" in one}

    def _soon(self, look: Callable[[], bool]) -> None:
        _is_soon(self.place, lambda: self.is_over.is_set() or look())

    def _wait(self, client: Client, *, listens: bool) -> None:
        while not set(self._done()) >= self.others and not self.is_over.wait(0.01):
            pass
        if listens:
            told_of = len(self.others)
            self._soon(lambda: sum("told" in one for one in _noted(self.place)) >= told_of)
        self._soon(lambda: len(_states_of(client)) <= 1)

    def _kill(self, client: Client) -> None:
        self.killed.append(self._done()[sorted(self.others)[0]])
        os.kill(self.killed[0], signal.SIGKILL)
        self._soon(lambda: _workers_of(client) < len(self.cluster.workers))
        self._soon(lambda: sum(one in _AT_WORK for one in _states_of(client)) <= 1)


@contextlib.contextmanager
def _attended(
    place: str,
    cluster: Cluster,
    others: list[str],
    *,
    listens: bool = True,
    kills: bool = False,
) -> Iterator[_Attendant]:
    """Have somebody attend to a call."""
    attendant = _Attendant(place, cluster, others)
    how = {"listens": listens, "kills": kills}
    thread = threading.Thread(target=attendant.attend, kwargs=how)
    thread.start()
    try:
        yield attendant
    finally:
        attendant.is_over.set()
        thread.join()


def _states_of(client: Any) -> list[str]:
    """Return in which state each task is that the scheduler knows of."""
    told: list[str] = client.run_on_scheduler(
        lambda dask_scheduler: [one.state for one in dask_scheduler.tasks.values()]
    )
    return told


def _workers_of(client: Any) -> int:
    """Return how many workers the scheduler knows of."""
    return int(client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.workers)))


def _scored(place: str, region: str, scores: list[float], ids: list[str]) -> None:
    import pandas

    frame = pandas.DataFrame({"customer_id": ids, "score": [float(one) for one in scores]})
    frame.to_pickle(Path(place) / "scores" / f"{region}.pkl")


def letters_on_cluster(
    _: Any, folder: Path, region: str, night: str, scores: list[float], ids: list[str]
) -> Any:
    """Have the post take its worker along when it has accepted a batch."""
    place = _shared(folder)
    _scored(place, region, scores, ids)
    _put(f"{place}/post.pkl", Post(place, dies=True))
    call = {"region": region, "folder": place, "night": night}
    with _cluster(folder) as cluster:
        (found,) = _on_cluster("send_letters", cluster.address, [call])
    asked = [one for one in _noted(place) if "key" in one]
    is_receipt = bool(asked) and found == f"receipt of {asked[0]['key']}"
    return [
        len(asked),
        len({one["key"] for one in asked}),
        [one["ids"] for one in asked],
        is_receipt,
    ]


def keys(solution: Any, folder: Path, batches: list[list[str]]) -> Any:
    """Ask for batches, in folders of their own; tell which of them have one key."""
    place = _shared(folder)
    found: list[str] = []
    for night, region in batches:
        own = _shared(folder)
        _scored(own, region, [0.9, 0.7 if len(found) % 2 else 0.2], ["7", "8"])
        _put(f"{own}/post.pkl", Post(place))
        with _zone("UTC-13" if len(found) % 2 else "UTC+5"):
            solution.send_letters(region, own, night)
        found.append(_noted(place)[-1]["key"])
    first = {key: number for number, key in reversed([*enumerate(found)])}
    return [first[key] for key in found]


@contextlib.contextmanager
def _zone(name: str) -> Iterator[None]:
    """Have the machine's clock be one of another time zone."""
    try:
        with mock.patch.dict(os.environ, TZ=name):
            time.tzset()
            yield
    finally:
        time.tzset()


def no_letters(solution: Any, folder: Path, region: str, text: str) -> Any:
    """Have nobody to write to, then a post that refuses."""
    place, found = _shared(folder), []
    for scores, plan in (([0.5, 0.1], {}), ([0.9, 0.8], {"fails": text})):
        _scored(place, region, scores, ["7", "8"])
        _put(f"{place}/post.pkl", Post(place, **plan))
        try:
            found.append(solution.send_letters(region, place, "n"))
        except Exception as error:
            found.append([type(error).__name__, text in str(error)])
        found.append(len(_noted(place)))
    return found
