"""What the examination of 13_assets has run inside.

Where a task is about one asset, or about the tables alone, the others are made here. All get the
submission but `kept_model`, which has a process without it.
"""

# No `from __future__ import annotations`: Dagster reads those of the assets here.

import builtins
import contextlib
import errno
import functools
import importlib.util
import io
import json
import os
import pickle
import random
import socket
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.inside.dagster import loaded, recorded_instance
from dojo.world.locales import open_as_ascii, pathlib_as_ascii

_ASSETS = ("raw_customers", "customer_features", "churn_model")
# A CSV file has no types: that a text looks like a number, no reader of it can tell.
_NO_TYPES = "text that looks like a number or a blank"
_TWICE = "rows that occur twice"


class Restarting(ConnectionError):
    """What a library makes of it: a class of its own."""


_RAISED = {
    502: ConnectionResetError,
    503: ConnectionError,
    504: TimeoutError,
    508: Restarting,
    403: PermissionError,
    404: FileNotFoundError,
    422: ValueError,
    500: OSError,
    501: LookupError,
}
_CAUSES = {
    502: ssl.SSLEOFError("expired since May"),
    503: socket.gaierror(-3, "expired since May"),
    504: PermissionError("expired since May"),
    508: OSError("expired since May"),
}


def _source(solution: Any, url: str) -> Any:
    """Make a source that asks the API outside; each of its errors has a cause of the other kind."""
    import urllib.error
    import urllib.request

    import pandas

    class Source(solution.CustomerSource):  # type: ignore[misc]
        def fetch(self) -> Any:
            try:
                with urllib.request.urlopen(url, timeout=10) as response:
                    return pandas.DataFrame(json.load(response))
            except urllib.error.HTTPError as error:
                error.close()
                cause = _CAUSES.get(error.code, ConnectionError("restarting"))
                raise _RAISED[error.code](f"status {error.code}: no access yet") from cause

    return Source(path="outside")


def materialise(
    solution: Any, folder: Path, url: str, names: list[str], times: int = 1, tried: int = 0
) -> list[dict[str, Any]]:
    """Make some of the submission's assets, once or more often; return their values.

    Args:
        solution: The submission.
        folder: Where it may write.
        url: Where the customers are.
        names: The assets.
        times: How often.
        tried: How often other processes have tried each step before.
    """
    import dagster as dg

    from dojo.engines.dagster import engine

    values = []
    with recorded_instance(folder) as instance, engine.tried_before(tried):
        for _ in range(times):
            result = dg.materialize(
                [getattr(solution, name) for name in names],
                resources={
                    "source": _source(solution, url),
                    "tracker": solution.RunTracker(path=str(folder / "trainings")),
                    "tables": dg.mem_io_manager,
                },
                instance=instance,
                raise_on_error=False,
            )
            made = names if result.success else []
            values.append({name: result.asset_value(name) for name in made})
    return values


def kept_model(folder: Path) -> Any:
    """Return the model that Dagster's default IO manager has kept; without the submission."""
    kept = folder / "dagster" / "storage" / _ASSETS[-1]
    return pickle.loads(kept.read_bytes()) if kept.is_file() else "nothing"


def lineage(solution: Any, _: Path) -> dict[str, Any]:
    """Tell of each asset its group and what it is made of."""
    import dagster as dg

    found = {}
    for name in _ASSETS:
        one, key = getattr(solution, name), dg.AssetKey(name)
        parents = sorted(parent.to_user_string() for parent in one.asset_deps[key])
        found[name] = [one.group_names_by_key[key], parents]
    return found


def kept_by(solution: Any, _: Path) -> list[str]:
    """Tell which IO manager keeps the tables."""
    import dagster as dg

    return [
        getattr(solution, name).get_io_manager_key_for_asset_key(dg.AssetKey(name))
        for name in _ASSETS[:2]
    ]


def train(
    solution: Any, folder: Path, customers: Any, configs: list[dict[str, Any]], tracker: str
) -> list[Any]:
    """Train on features of the scenario's own, once with each configuration.

    Each run repeats an earlier one.
    """
    import dagster as dg

    @dg.asset
    def raw_customers() -> Any:
        return customers

    @dg.asset
    def customer_features(raw_customers: Any) -> Any:
        return solution.make_features(raw_customers)

    earlier = "0b1e5c1e-0d4b-4c8f-9f52-3f0d5a1c7e11"
    found: list[Any] = []
    with recorded_instance(folder) as instance:
        repeating = functools.partial(
            instance.create_run_for_job, root_run_id=earlier, parent_run_id=earlier
        )
        with mock.patch.object(instance, "create_run_for_job", repeating):
            for config in configs:
                chosen = {"ops": {solution.churn_model.node_def.name: {"config": config}}}
                try:
                    result = dg.materialize(
                        [raw_customers, customer_features, solution.churn_model],
                        run_config=chosen,
                        resources={"tracker": solution.RunTracker(path=str(folder / tracker))},
                        instance=instance,
                        raise_on_error=False,
                    )
                except dg.DagsterInvalidConfigError:
                    found.append(None)
                else:
                    found.append(result.asset_value("churn_model") if result.success else None)
    return found


class _Tables:
    """The submission's tables in a folder: an asset that returns what it is told, and a reader."""

    def __init__(self, solution: Any, folder: Path, name: str, instance: Any) -> None:
        import dagster as dg

        self.folder = folder / "new" / "tables"
        self.table = self.folder / f"{name}.csv"
        self.given: Any = None
        self._solution, self._name, self._instance = solution, name, instance

        @dg.asset(name=name, io_manager_key="tables")
        def table() -> Any:
            return self.given

        @dg.asset(ins={"table": dg.AssetIn(name)})
        def reader(table: Any) -> Any:
            return table

        self._assets = [table, reader]

    def _run(self, selected: str, solution: Any) -> Any:
        import dagster as dg

        return dg.materialize(
            self._assets,
            selection=[selected],
            resources={"tables": solution.TableStore(folder=str(self.folder))},
            instance=self._instance,
            raise_on_error=False,
        )

    def write(self, frame: Any, solution: Any = None) -> bool:
        """Have a frame kept; say whether the run succeeded."""
        self.given = frame
        return bool(self._run(self._name, solution or self._solution).success)

    def read(self, solution: Any = None) -> Any:
        """Read it as another asset does; None if the run failed."""
        result = self._run("reader", solution or self._solution)
        return result.output_for_node("reader") if result.success else None

    def files(self) -> dict[str, bytes]:
        """Return all files that lie in the folder, or below it."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in found}


@contextlib.contextmanager
def _tables(solution: Any, folder: Path, name: str) -> Iterator[_Tables]:
    with recorded_instance(folder) as instance:
        yield _Tables(solution, folder, name, instance)


class _Happens:
    """A value of a table: something happens when it is written, once."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens = [happens]

    def __str__(self) -> str:
        if self._happens:
            self._happens.pop()()
        return "weekly"


def _with(frame: Any, row: int, happens: Callable[[], object]) -> Any:
    changed = frame.astype({"contract": object})
    changed.iloc[row, list(changed).index("contract")] = _Happens(happens)
    return changed


def _drawn(seed: int, counts: list[int], **more: Any) -> list[Any]:
    from dojo.world.draw import Draw

    draw = Draw(seed)
    return [draw.customers(count, tame=[_NO_TYPES], **more).frame() for count in counts]


def _tables_to_keep(seed: int) -> list[Any]:
    """Draw a long table, one with a row of blanks, one that is as many bytes, a row, no row."""
    from dojo.world.draw import Draw

    long, *short = _drawn(seed, [300, 1, 0], also=[_TWICE])
    holed = Draw(seed).customers(5, tame=[_NO_TYPES, "ids beyond 2**53"]).frame()
    holed["Unnamed: 0"] = range(5)  # the index of somebody who has kept it
    labels = list(holed.index)
    holed = holed.reindex([*labels[:2], -1, *labels[3:]])
    again = holed.iloc[::-1]
    return [long, holed, again, _put_right(again), *short]


def _put_right(table: Any) -> Any:
    """Return a table with one charge that is another one by very little."""
    import numpy

    charges = table["monthly_charges"].to_numpy(dtype=float, copy=True)
    charges[numpy.flatnonzero(~numpy.isnan(charges))[-1:]] *= 1 + 5e-10
    return table.assign(monthly_charges=charges)


def keep(solution: Any, folder: Path, name: str, seed: int) -> list[Any]:
    """Keep tables one after another, and return how each was read again; first, where none is.

    The last one is read by somebody who removes all its rows, then once more.
    """
    with _tables(solution, folder, name) as tables:
        found = [tables.read()]
        for frame in _tables_to_keep(seed):
            found.append(tables.read() if tables.write(frame) else "not kept")
        tables.write(_tables_to_keep(seed)[0])
        if (emptied := tables.read()) is not None:
            emptied.drop(emptied.index, inplace=True)
        found.append(tables.read())
    return found


def fill(solution: Any, folder: Path, name: str, seed: int, row: int) -> list[Any]:
    """Replace a table while disks are full or read-only, and somebody presses Ctrl-C."""
    old, new = _drawn(seed, [40, 50])
    found: list[Any] = []
    ends = (
        OSError(errno.ENOSPC, "no space left on device"),
        PermissionError(errno.EROFS, "read-only file system"),
        KeyboardInterrupt(),
        MemoryError("no more memory"),
    )
    with _tables(solution, folder, name) as tables, _no_temporary_files(folder) as elsewhere:
        tables.write(old)
        before = tables.files()
        for error in ends:
            meanwhile: list[Any] = []

            def end(error: BaseException = error, seen: list[Any] = meanwhile) -> None:
                seen += [tables.files().get(tables.table.name), elsewhere()]
                raise error

            kept = tables.write(_with(new, row, end))
            yesterdays: list[Any] = [before.get(tables.table.name), []]
            found.append([kept, meanwhile == yesterdays, tables.files() == before])
    return found


@contextlib.contextmanager
def _no_temporary_files(folder: Path) -> Iterator[Callable[[], list[str]]]:
    """Have another folder for temporary files: on another disk; say what lies there."""
    other = folder / "other_disk"
    other.mkdir(exist_ok=True)
    with mock.patch.object(tempfile, "tempdir", str(other)):
        yield lambda: sorted(path.name for path in other.rglob("*") if path.is_file())


@contextlib.contextmanager
def _renamed(table: Path, happens: Callable[[], object], before: bool) -> Iterator[None]:
    """Have something happen just before or after another file is put in a table's place."""

    def looking(real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def move(source: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
            ours = Path(target) == table
            if ours and before:
                happens()
            found = real(source, target, *args, **kwargs)
            if ours and not before:
                happens()
            return found

        return move

    with contextlib.ExitStack() as stack:
        for owner in (os, Path):
            for name in ("replace", "rename"):
                stack.enter_context(mock.patch.object(owner, name, looking(getattr(owner, name))))
        yield


@contextlib.contextmanager
def _opened(table: Path, happens: Callable[[], object]) -> Iterator[None]:
    """Have something happen as soon as a table was opened for reading, once."""
    real, to_do = builtins.open, [happens]

    @functools.wraps(real)
    def open_(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        found = real(file, mode, *args, **kwargs)
        if to_do and isinstance(file, (str, os.PathLike)) and Path(file) == table and "r" in mode:
            to_do.pop()()
        return found

    with mock.patch.object(builtins, "open", open_), mock.patch.object(io, "open", open_):
        yield


def rename(solution: Any, folder: Path, name: str, seed: int) -> dict[str, Any]:
    """Look at a table the moment it is renamed, refuse the rename, replace it while it is read."""
    old, new, others = _drawn(seed, [40, 50, 9])
    found: dict[str, Any] = {}
    seen: list[bytes] = []

    def refuse() -> None:
        raise PermissionError(errno.EACCES, "somebody reads it")

    with _tables(solution, folder, name) as tables:
        tables.write(old)
        with _renamed(tables.table, lambda: seen.append(tables.table.read_bytes()), before=False):
            found["kept"] = tables.write(others)
        found["whole when it was renamed"] = set(seen) <= {tables.files().get(tables.table.name)}
        before = tables.files()
        with _renamed(tables.table, refuse, before=True):
            found["kept where it may not be renamed"] = tables.write(new)
        found["as it was"] = tables.files() == before

        def replace() -> None:
            beside = tables.folder / "another_run"
            beside.write_bytes(before[tables.table.name])
            os.replace(beside, tables.table)

        tables.write(new[list(new)[::-1]])
        both = [tables.read()]
        with _opened(tables.table, replace):
            read = tables.read()
        both.append(tables.read())
        found["read meanwhile is one of the two"] = any(
            read is not None and one is not None and one.equals(read) for one in both
        )
    return found


def write_at_once(solution: Any, folder: Path, name: str, seed: int, row: int) -> dict[str, Any]:
    """Keep a table while another run writes it, and a run of another process; all draw alike."""
    import numpy

    first, *others = _drawn(seed, [60, 20, 30])
    seeded = random.getstate(), numpy.random.get_state()
    elsewhere = _loaded_again(solution)
    inner: list[bool] = []

    @contextlib.contextmanager
    def drawing() -> Iterator[None]:
        before = random.getstate(), numpy.random.get_state()
        random.setstate(seeded[0])
        numpy.random.set_state(seeded[1])
        try:
            yield
        finally:
            random.setstate(before[0])
            numpy.random.set_state(before[1])

    with _tables(solution, folder, name) as tables, pathlib_as_ascii():

        def other_runs() -> None:
            for one, frame in zip((solution, elsewhere), others, strict=True):
                with drawing():
                    inner.append(tables.write(frame, one))

        with drawing():
            kept = tables.write(_with(first, row, other_runs))
        return {
            "kept": [*inner, kept],
            "read": tables.read(elsewhere),
            "files": sorted(tables.files()),
        }


def _loaded_again(solution: Any) -> Any:
    """Import the submission as another process does: counters begin again, text is ASCII."""
    spec = importlib.util.spec_from_file_location("submission_elsewhere", str(solution._path))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    vars(module)["open"] = open_as_ascii
    spec.loader.exec_module(module)
    return module


def run_job(solution: Any, folder: Path, nights: list[Any]) -> list[dict[str, str]]:
    """Run the job in one environment after the other: customers, tracker and folder of each.

    While a run is in its first step, the environment is already that of the next one.

    Returns:
        Of each run the tags that have it tried again.
    """
    import dagster as dg

    from dojo.engines.dagster import engine

    def enter(night: Any) -> None:
        customers, runs, tables = night
        os.environ["CHURN_CUSTOMERS"] = customers
        os.environ["CHURN_RUNS"] = str(folder / runs)
        os.environ["CHURN_TABLES"] = str(folder / tables)

    definitions = loaded(solution.defs)
    dg.Definitions.validate_loadable(definitions)
    again = []
    with recorded_instance(folder) as instance:
        for night, following in zip(nights, [*nights[1:], nights[0]], strict=True):
            enter(night)
            job = definitions.resolve_job_def("churn_training")
            meanwhile = functools.partial(enter, following)
            with contextlib.ExitStack() as stack:
                for step in job.graph.node_names():
                    stack.enter_context(engine.during(instance, step, meanwhile))
                result = job.execute_in_process(instance=instance, raise_on_error=False)
            record = instance.get_run_by_id(result.run_id)
            tags = record.tags if record else {}
            again.append({name: tags[name] for name in tags if name == "dagster/max_retries"})
    return again
