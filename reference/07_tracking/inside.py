"""What the examination of 07_tracking has run inside.

What gets a `subject` runs in the submission's process; the others have one without it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.inside.stores import make_store

FEATURES = ("tenure_months", "monthly_charges", "support_calls")
_PARENT = "mlflow.parentRunId"
_WHOLE = ("blanks", "whole numbers that came as floats")


def make_stores(folder: Path, names: list[str]) -> list[str]:
    """Make stores in folders of these names; the working directory has a database of its own."""
    make_store(folder)
    for name in names:
        (folder / name).mkdir()
        make_store(folder / name)
    return [str(folder / name) for name in names]


def play(subject: Any, folder: Path, seed: str, steps: list[dict[str, Any]]) -> list[Any]:
    """Make calls one after the other, and what happens between them; tell how each call ended."""
    play = _Play(subject, folder, seed)
    told = []
    with play.watching():
        for step in steps:
            made = getattr(play, step.pop("do"))(**step)
            told += [made] if made is not None else []
    return told


class Stopped(BaseException):
    """What stops one task, as an orchestrator does: no Exception, and no exit."""


_ENDS: dict[str, Callable[[], BaseException]] = {
    "interrupt": KeyboardInterrupt,
    "exit": lambda: SystemExit(3),
    "memory": lambda: MemoryError("too many trees"),
    "stopped": lambda: Stopped("the machine goes down"),
}


class _Play:
    """Calls in one store after the other, and looks at the store while a forest is fitted."""

    def __init__(self, subject: Any, folder: Path, seed: str) -> None:
        import pandas

        from dojo.world.draw import Draw

        draw = Draw(seed)
        frames = [draw.customers(count, tame=_WHOLE).frame() for count in (90, 91)]
        rows = pandas.concat(frames)  # labels of rows are there twice
        # Nobody learns from it; whoever counts, sorts or hashes all of the columns meets it.
        self.customers = rows.assign(basket=[["box", place % 3] for place in range(len(rows))])
        self.names = list(draw.names().values())
        self.subject, self.folder = subject, folder
        self.ends: dict[tuple[str, int], str] = {}
        self.waits: dict[int, Callable[[], None]] = {}
        self.meanwhile: Callable[[], None] | None = None
        self.looks: list[Any] = []
        self._first = threading.Lock()
        self._look: Callable[[], Any] | None = None
        self._own: list[BaseException] = []

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Have each forest pass by here, in another time zone, with no process started."""
        from sklearn.ensemble import RandomForestClassifier

        with contextlib.ExitStack() as stack:
            for method, moment in (("fit", "fitted"), ("predict_proba", "measured")):
                real = getattr(RandomForestClassifier, method)
                watched = self._watched(real, moment)
                stack.enter_context(mock.patch.object(RandomForestClassifier, method, watched))
            for count in ("cpu_count", "process_cpu_count"):
                stack.enter_context(mock.patch.object(os, count, create=True, return_value=2))
            stack.callback(time.tzset)
            stack.enter_context(mock.patch.dict(os.environ, {"TZ": "IST-05:30"}))
            time.tzset()
            stack.enter_context(_nothing_guessed())
            yield

    def _watched(self, real: Any, moment: str) -> Any:
        def watched(forest: Any, *given: Any, **more: Any) -> Any:
            with self._first:
                if self._look is not None:
                    self.looks.append(self._look())
                    self._look = None
                    if self.meanwhile is not None:
                        self.meanwhile()
            end = self.ends.pop((moment, forest.n_estimators), None)
            if end is not None:
                raise _ENDS[end]()
            if moment == "measured" and forest.n_estimators in self.waits:
                self.waits.pop(forest.n_estimators)()
            try:
                return real(forest, *given, **more)
            except Exception as error:
                self._own.append(error)
                raise

        return watched

    def call(
        self,
        name: str,
        what: dict[str, Any],
        where: list[str],
        rows: str = "all",
        asked: list[dict[str, Any]] | None = None,
        ends: list[list[Any]] = [],  # noqa: B006 - it is only read
    ) -> dict[str, Any]:
        """Call a function of the submission; say how that ended, when, and what was to be seen."""
        store, _, tool = where
        self.ends = {(moment, trees): end for moment, trees, end in ends}
        self._own, self.looks = [], []
        self._look = lambda: _seen_in(store, asked or [], tool)
        began = time.time()
        told: dict[str, Any] = {}
        try:
            told["returned"] = getattr(self.subject, name)(self._rows(rows), what, *where)
        except NotImplementedError:
            raise
        except BaseException as error:
            told["raised"] = type(error).__name__
            own = [(type(one), str(one)) for one in self._own[-1:]]
            told["own"] = own == [(type(error), str(error))]
        return {**told, "looks": self.looks, "began": began, "ended": time.time()}

    def _rows(self, which: str) -> Any:
        if which == "without a column":
            return self.customers.drop(columns="support_calls")
        if which == "without two columns":
            return self.customers.drop(columns=["support_calls", "churned"])
        if which == "with a text":
            rows = self.customers.astype({"monthly_charges": object})
            rows.iloc[::9, list(rows).index("monthly_charges")] = "n/a"
            return rows
        return self.customers

    def make(self, store: str, name: str, place: str) -> None:
        """Have there be an experiment already, with a place of its own for models."""
        location = (Path(store) / place).as_uri()
        _client(store).create_experiment(name, artifact_location=location)

    def log_ahead(self, store: str, name: str) -> None:
        """Have a colleague, whose clock is an hour ahead, have logged a run and a model."""
        client, soon = _client(store), int(time.time() * 1000) + 3_600_000
        where = client.get_experiment_by_name(name).experiment_id
        run = client.create_run(where, start_time=soon, run_name="a colleague's")
        model = client.create_logged_model(where, "model", run.info.run_id)
        client.finalize_logged_model(model.model_id, "READY")
        client.set_terminated(run.info.run_id, "FINISHED", soon)
        with contextlib.closing(_open(store)) as database, database:
            database.execute("UPDATE logged_models SET creation_timestamp_ms = ?", (soon,))

    def rename(self, store: str, name: str, new: str) -> None:
        """Have an experiment be archived: its name is free again."""
        client = _client(store)
        if found := client.get_experiment_by_name(name):
            client.rename_experiment(found.experiment_id, new)

    def correct(self) -> None:
        """Have the labels be corrected, in the same frame, and what nobody knows be blank."""
        charges = self.customers["monthly_charges"]
        self.customers["churned"] = (charges > charges.median()).astype(int)
        self.customers["monthly_charges"] = charges.where(charges.round() % 5 != 0)

    def full(self, store: str) -> None:
        """Have nothing be written where new experiments keep their models."""
        (Path(store) / "artifacts").write_text("no folder")

    def colleague(self, store: str, name: str, status: str) -> None:
        """Have somebody else's run begin and end while the next comparison lasts."""

        def make_run() -> None:
            self.meanwhile, client = None, _client(store)
            if found := client.get_experiment_by_name(name):
                run = client.create_run(found.experiment_id, run_name="a colleague's")
                client.set_terminated(run.info.run_id, status)

        self.meanwhile = make_run

    def optimize(self) -> None:
        """Go on with the submission as `python -O` runs it: each `assert` is left out."""
        path = self.folder.parents[1] / "given" / "tracking.py"
        self.subject = sys.modules["optimized"] = types.ModuleType("optimized")
        exec(compile(path.read_bytes(), path, "exec", optimize=1), vars(self.subject))

    def beside(self, name: str, what: dict[str, Any], where: list[str]) -> str:
        """Make a call while its caller has a run open; say what became of that."""
        from dojo.engines.mlflow.troubled import callers_run

        with callers_run(_uri(where[0])) as look:
            with contextlib.suppress(Exception):
                getattr(self.subject, name)(self.customers, what, *where)
            return look()

    def held(self, count: int, where: list[str]) -> dict[str, Any]:
        """Compare candidates whose trainings are held until so many run at the same time."""
        from dojo.world.overlap import Overlap

        names = [*self.names, *(f"depth {number}" for number in range(count))][:count]
        asked = {name: {"n_estimators": 6, "max_depth": 0} for name in names}
        asked[names[0]] = {"n_estimators": 1}
        overlap = Overlap()
        overlap.hold_until(count)
        with overlap.watching():
            told = self.call("compare_candidates", asked, where, asked=list(asked.values()))
        threads = len({one.thread for one in overlap.trainings})
        return {**told, "peak": overlap.peak, "threads": threads}

    def slow(self, asked: dict[str, dict[str, Any]], trees: int, where: list[str]) -> list[str]:
        """Compare candidates, one of which waits for the others; say which runs are open then."""
        still: list[str] = []
        self.waits = {trees: lambda: still.extend(_wait_for_others(where[0]))}
        self.call("compare_candidates", asked, where)
        return still

    def crowd(self, count: int, where: list[str]) -> dict[str, Any]:
        """Say how many of a crowd come to a store that lets none of them begin."""
        from mlflow.exceptions import MlflowException

        from dojo.engines.mlflow.troubled import heard

        caller, gate = threading.get_ident(), threading.Condition()
        arrived: set[int] = set()
        made: list[str] = []
        waited: list[str] = []

        def hear(name: str) -> None:
            here = threading.get_ident()
            with gate:
                gate.notify_all()
                if here == caller:
                    made.extend(["run"] if name == "create_run" else [])
                    if name != "create_run" or len(made) <= 3:
                        return
                elif here in arrived:
                    return  # what it has made, it may end
                else:
                    arrived.add(here)
                    while len(arrived) < count and len(made) <= 3 and not waited:
                        before = len(arrived)
                        if not gate.wait(4) and len(arrived) == before:
                            waited.append("nobody came any more")
                            gate.notify_all()
            raise MlflowException("no answer from the database")

        asked = {f"candidate {number}": {"n_estimators": 1} for number in range(count)}
        with heard(hear), contextlib.suppress(Exception):
            self.subject.compare_candidates(self.customers, asked, *where)
        return {"all came": len(arrived) >= count or len(made) > 3}

    def at_once(self, names: list[str], where: list[str]) -> dict[str, Any]:
        """Compare in as many threads; the first that each starts waits for those of the others."""
        began, told = time.time(), dict[str, Any]()
        ready, waited = threading.Barrier(len(names)), threading.local()
        real = threading.Thread.start

        def compare(name: str) -> None:
            waited.not_yet = True
            what = {name: {"n_estimators": 1}}
            with contextlib.suppress(Exception):
                told[name] = self.subject.compare_candidates(self.customers, what, *where)

        def start(thread: threading.Thread) -> None:
            run, thread_waits = thread.run, getattr(waited, "not_yet", False)

            def run_together() -> None:
                with contextlib.suppress(threading.BrokenBarrierError):
                    ready.wait(2)
                run()

            if thread_waits:
                waited.not_yet, thread.run = False, run_together  # type: ignore[method-assign]
            real(thread)

        callers = [threading.Thread(target=compare, args=(name,)) for name in names]
        with mock.patch.object(threading.Thread, "start", start):
            for one in callers:
                one.start()
            for one in callers:
                one.join()
        return {"parents": told, "began": began, "ended": time.time()}


def _uri(store: str) -> str:
    return f"sqlite:///{store}/mlflow.db"


def _client(store: str) -> Any:
    from mlflow import MlflowClient

    return MlflowClient(_uri(store), _uri(store))


def _open(store: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{store}/mlflow.db")


def _wait_for_others(store: str) -> list[str]:
    """Wait as long as one more run ends, until two are open; name those that are."""

    def look() -> list[str]:
        with contextlib.closing(_open(store)) as database:
            found = database.execute("SELECT name FROM runs WHERE status = 'RUNNING'")
            return sorted(name for (name,) in found)

    still, until = look(), time.monotonic() + 3
    while len(still) > 2 and time.monotonic() < until:
        time.sleep(0.01)
        now = look()
        still, until = now, until if now == still else time.monotonic() + 3
    return still


def _seen_in(store: str, asked: list[dict[str, Any]], tool: str) -> dict[str, Any]:
    """Say how many runs are open while a forest is fitted, and whether they tell what is asked."""
    client = _client(store)
    where = [one.experiment_id for one in client.search_experiments()]
    runs = [one for one in client.search_runs(where) if one.info.status == "RUNNING"]
    known = [{**run.data.tags, **run.data.params} for run in runs]

    def tells(one: dict[str, str], what: dict[str, Any]) -> bool:
        return all(
            one.get(key) == str(value) for key, value in {**what, "orchestrator": tool}.items()
        )

    return {
        "running": len(runs),
        "told": all(any(tells(one, what) for one in known) for what in asked),
        "parents tell the tool": all(tells(one, {}) for one in known if _PARENT not in one),
    }


_guarding = threading.Event()
_hooked: list[bool] = []


@contextlib.contextmanager
def _nothing_guessed() -> Iterator[None]:
    """Stop the process that finds out what a model imports: it takes ten seconds."""

    def hear(event: str, details: tuple[Any, ...]) -> None:
        guesses = event == "subprocess.Popen" and "_capture_modules" in str(details[1])
        if guesses and _guarding.is_set():
            raise RuntimeError("no requirements are guessed here")

    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(hear)
    _guarding.set()
    try:
        yield
    finally:
        _guarding.clear()


def strays(folder: Path, stores: list[str]) -> list[str]:
    """Name what the working directory has got."""
    return sorted(one.name for one in folder.iterdir() if one.name not in (*stores, "mlflow.db"))


def models_in(folder: Path, store: str) -> int:
    """Count the models that a store keeps, of new experiments and of those that were there."""
    return len(list((folder / store).rglob("MLmodel")))


def look_at_models(folder: Path, addresses: list[list[str]]) -> list[Any]:
    """Tell what is written of each model of a store, for whoever is elsewhere; none is loaded."""
    _go_elsewhere(folder)
    return [_told_of(_look_at, *one) for one in addresses]


def try_models(folder: Path, seed: str, addresses: list[list[str]]) -> list[Any]:
    """Load each model as inference would, and tell what it predicts; each may be any program."""
    rows = _Play(None, folder, seed).customers
    rows = rows[[*reversed(FEATURES), "contract"]].astype(dict.fromkeys(FEATURES, float))
    rows.iloc[::10, 0] = float("nan")
    _go_elsewhere(folder)
    return [_told_of(lambda address: _try_model(address, rows), *one) for one in addresses]


def _go_elsewhere(folder: Path) -> None:
    """Be in another folder, with the temporary one swept."""
    for left in (folder.parents[1] / "tmp" / folder.name).iterdir():
        shutil.rmtree(left, ignore_errors=True)
    os.chdir("/")


def _told_of(tell: Callable[[str], Any], store: str, address: str) -> Any:
    import mlflow

    mlflow.set_tracking_uri(_uri(store))
    try:
        return tell(address)
    except Exception as error:  # whatever is wrong with it
        return type(error).__name__


def _look_at(address: str) -> dict[str, Any]:
    import mlflow
    import numpy

    told = mlflow.models.get_model_info(address)
    lines = Path(mlflow.pyfunc.get_model_dependencies(address)).read_text().split()
    run = mlflow.MlflowClient().get_run(told.run_id)
    return {
        "signature": {one.name: one.type.name for one in told.signature.inputs},
        "promises": sorted({numpy.dtype(one).kind for one in told.signature.outputs.numpy_types()}),
        "requirements": sorted(one for one in lines if not one.startswith("mlflow==")),
        "trees of its run": run.data.params.get("n_estimators"),
    }


def _try_model(address: str, rows: Any) -> dict[str, Any]:
    import mlflow
    import numpy

    predicted = numpy.asarray(mlflow.pyfunc.load_model(address).predict(rows))
    return {"predicts": [int(one) for one in predicted], "of the kind": predicted.dtype.kind}
