"""A cluster in a test: it starts, notes what its workers ran, and nothing of it is left."""

from __future__ import annotations

import datetime
import os
import signal
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from dojo.ground.processes import children_of
from dojo.world.cluster.noted import Cluster, Noted, notes_of
from dojo.world.cluster.nursery import ClusterFault, Nursery
from dojo.world.http import bound
from tests.processes import eventually

pytest.importorskip("prefect_dask")


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
def test_members_end_with_the_block_and_the_nursery_with_its_close(tmp_path: Path) -> None:
    before = set(children_of(os.getpid()))
    nursery = Nursery()
    with nursery.cluster(tmp_path, None, workers=1) as cluster:
        host, _, port = cluster.address.removeprefix("tcp://").partition(":")
        socket.create_connection((host, int(port)), timeout=5).close()
        (worker,) = cluster.workers
        assert is_alive(worker)
        assert (cluster.runs, cluster.received > 0) == ([], True)

    assert not is_alive(worker)
    nursery.close()
    assert set(children_of(os.getpid())) == before


@pytest.mark.slow
def test_solution_that_cannot_be_imported_is_the_clusters_fault(
    nursery: Nursery, tmp_path: Path
) -> None:
    solution = tmp_path / "solution.py"
    solution.write_text("raise LookupError('no such region')\n", encoding="utf-8")

    with (
        pytest.raises(ClusterFault, match="LookupError: no such region"),
        nursery.cluster(tmp_path, solution),
    ):
        pass


def test_what_ran_again_on_another_worker_is_a_run_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.client.schemas.objects import State, StateType, TaskRun

    begin = datetime.datetime(2026, 3, 1, 3, tzinfo=datetime.timezone.utc)
    run = TaskRun(
        id=uuid.uuid4(), flow_run_id=uuid.uuid4(), task_key="visit-1f3a", dynamic_key="0", name="v"
    )
    notes_of(tmp_path).touch()
    noted = Noted(notes_of(tmp_path))
    for pid, names in ((7, ("Pending", "Running")), (9, ("Pending", "Running", "Completed"))):
        monkeypatch.setattr(os, "getpid", lambda pid=pid: pid)
        for second, name in enumerate(names):
            kind = StateType.COMPLETED if name == "Completed" else StateType.RUNNING
            stamp = begin + datetime.timedelta(minutes=pid, seconds=second)
            noted.note_task_state(run, State(type=kind, name=name, timestamp=stamp))

    first, again = Cluster(tmp_path, "tcp://127.0.0.1:1", [7, 9]).told()

    assert (first.name, first.states) == ("visit on worker 1", ["Pending", "Running"])
    assert (again.name, again.states[-1]) == ("visit on worker 2", "Completed")
    assert first.stamps == [begin + datetime.timedelta(minutes=7, seconds=one) for one in (0, 1)]
    assert {first.flow_run_id, again.flow_run_id} == {run.flow_run_id}
    assert first.id != again.id


def test_next_socket_made_before_is_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "bind", socket.socket.bind)
    ports = bound.bind_some(3)
    try:
        bound.bind_as_made_before(1)
        made = []
        for _ in range(2):
            with socket.socket() as one:
                one.bind(("127.0.0.1", 0))
                one.listen()
                made.append(one.getsockname()[1])
                socket.create_connection(("127.0.0.1", made[-1]), timeout=5).close()
        assert made == ports[1:]
        bound.let_go()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", ports[1]), timeout=5)
    finally:
        for descriptor in os.environ.pop("DOJO_BOUND_SOCKETS").split(","):
            os.close(int(descriptor))


@pytest.mark.slow
def test_killed_worker_answers_nobody_and_the_next_cluster_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import Client

    ports = bound.bind_some(8)  # as behind the walls: each process has all of them
    descriptors = os.environ.pop("DOJO_BOUND_SOCKETS")
    monkeypatch.setenv("DOJO_BOUND_SOCKETS", descriptors)
    nursery = Nursery()
    try:
        (tmp_path / "first").mkdir()
        with nursery.cluster(tmp_path / "first", None, workers=2) as cluster:
            addresses = [number for number in ports if _is_heard(number)]
            os.kill(cluster.workers[0], signal.SIGKILL)
            assert eventually(lambda: sum(map(_is_heard, ports)) == len(addresses) - 2)
        (tmp_path / "second").mkdir()
        with (
            nursery.cluster(tmp_path / "second", None, workers=3) as cluster,
            Client(cluster.address, set_as_default=False) as client,
        ):
            asked = [
                client.submit(abs, -number, workers=[name], pure=False)
                for number, name in enumerate(client.scheduler_info()["workers"])
            ]
            assert sorted(client.gather(asked)) == [0, 1, 2]
            assert {len(some) for some in client.who_has(asked).values()} == {1}
            assert len(asked) == 3
    finally:
        nursery.close()
        for descriptor in descriptors.split(","):
            os.close(int(descriptor))


def _is_heard(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True
