"""Run flows on a Dask cluster whose workers die, as kata 19 tells of it: see test_dask_facts.py."""

# ruff: noqa: E402  Prefect is imported where it finds its settings.

import itertools
import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path

from dojo.engines.prefect import engine
from dojo.ground.run_folder import Room
from dojo.world.cluster.nursery import Nursery

room = Room()
room.furnish()
engine.isolate(room)
import cloudpickle
import dask
import distributed
import numpy
import prefect.main  # noqa: F401
from prefect import flow, task
from prefect.futures import as_completed
from prefect_dask import DaskTaskRunner

cloudpickle.register_pickle_by_value(sys.modules[__name__])
found: dict = {"allowed failures": dask.config.get("distributed.scheduler.allowed-failures")}
BIG = "x" * 1_000_000
numbers = itertools.count()


def note(folder, *told):
    with open(Path(folder) / "journal", "a", encoding="utf-8") as journal:
        journal.write(json.dumps(told) + "\n")


def noted(folder):
    file = Path(folder) / "journal"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@task(retries=2)
def small(number, folder, kills=""):
    from prefect.runtime import task_run

    note(folder, number, str(task_run.id), task_run.run_count)
    while kills == "at the gate" and not (Path(folder) / "gate").exists():
        pass
    if kills in ("always", "at the gate") or (
        kills == "once" and not (Path(folder) / "died").exists()
    ):
        (Path(folder) / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@task
def looks_into_a_table(number):
    return BIG[number]


@task
def takes(number, frame):
    return number + len(frame) * 0


def on_cluster(name, run, **more):
    (folder := Path(f"cluster-{next(numbers)}").resolve()).mkdir()
    with nursery.cluster(folder, None, **more) as cluster:
        try:
            value = run(cluster, str(folder))
        except Exception as error:
            value = f"{type(error).__name__}: {error}"
        found[name] = {
            "value": value,
            "received": cluster.received,
            "journal": noted(folder),
            "states": [one.states for one in cluster.runs],
        }


def spread(address, work, calls, end=None):
    @flow
    def run():
        with DaskTaskRunner(address=address) as runner:
            futures = [runner.submit(work, call) for call in calls]
            return (end or (lambda some: [one.result() for one in some]))(futures)

    return run()


def plain(cluster, folder):
    return spread(cluster.address, small, [{"number": n, "folder": folder} for n in range(2)])


def table(cluster, folder):
    del folder
    return spread(cluster.address, looks_into_a_table, [{"number": n} for n in range(2)])


def parameter(cluster, folder):
    @flow
    def run(frame, address):
        with DaskTaskRunner(address=address) as runner:
            some = [runner.submit(small, {"number": n, "folder": folder}) for n in range(2)]
            return [one.result() for one in some]

    return run(numpy.arange(125_000.0), cluster.address)


def once(cluster, folder):
    return spread(cluster.address, small, [{"number": 7, "folder": folder, "kills": "once"}])


def always(cluster, folder):
    def end(futures):
        (future,) = futures
        said = []
        future.wait()
        said.append("wait is over")
        for ask in (future.result, lambda: future.state.name):
            try:
                said.append(ask())
            except Exception as error:
                said.append(f"{type(error).__name__}: {error}")
        return said

    call = {"number": 7, "folder": folder, "kills": "always"}
    return spread(cluster.address, small, [call], end)


def beside(cluster, folder):
    """Kill the one worker when a second task has been given to it, and has not begun."""

    def end(futures):
        client = futures[0].wrapped_future.client
        given = 0
        while given < 2:
            given = client.run_on_scheduler(
                lambda dask_scheduler: [one.state for one in dask_scheduler.tasks.values()]
            ).count("processing")
        (Path(folder) / "gate").touch()
        said = []
        for future in futures:
            try:
                said.append(future.result())
            except Exception as error:
                said.append(type(error).__name__)
        return said

    calls = [{"number": 1, "folder": folder, "kills": "at the gate"}]
    return spread(cluster.address, small, [*calls, {"number": 2, "folder": folder}], end)


def open_client(cluster, folder):
    """Have a client be open, as a notebook has one, and ask for an address that is nobody's."""
    with distributed.Client(cluster.address):
        calls = [{"number": 3, "folder": folder}]
        return [spread("tcp://127.0.0.1:1", small, calls), len(cluster.runs)]


def held(cluster, folder, *, release):
    """Kill a worker that has ended its task, and ask for the other one's meanwhile."""

    def end(futures):
        done = []
        for future in as_completed(futures):
            done.append(future.result())
            if release:
                future.wrapped_future.release()
        client = futures[0].wrapped_future.client
        if release:
            while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)):
                pass
        pid = cluster.runs[0].worker
        os.kill(pid, signal.SIGKILL)
        while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.workers)) > 1:
            pass
        while client.run_on_scheduler(
            lambda dask_scheduler: any(
                one.state in ("processing", "waiting") for one in dask_scheduler.tasks.values()
            )
        ):
            pass
        return sorted(done)

    value = spread(cluster.address, small, [{"number": n, "folder": folder} for n in range(2)], end)
    return [value, dict(Counter(str(line[0]) for line in noted(folder)))]


with engine.harness(room, lambda _: None):
    nursery = Nursery()
    on_cluster("plain", plain)
    on_cluster("table", table)
    on_cluster("parameter", parameter)
    on_cluster("once", once)
    on_cluster("always", always, workers=5)
    on_cluster("beside", beside, workers=1, failures=0)
    on_cluster("open client", open_client)
    on_cluster("held", lambda *some: held(*some, release=False))
    on_cluster("released", lambda *some: held(*some, release=True))
    nursery.close()
Path("found.json").write_text(json.dumps(found), encoding="utf-8")
room.close()
