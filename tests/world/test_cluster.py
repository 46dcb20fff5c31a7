"""A cluster in a test: it starts, notes what its workers ran, and nothing of it is left."""

from __future__ import annotations

import datetime
import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from dojo.ground.processes import children_of
from dojo.world.cluster.noted import Cluster, Noted, notes_of
from dojo.world.cluster.nursery import ClusterFault, Nursery
from dojo.world.http import bound

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
        bound.let_go_of_all()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", ports[1]), timeout=5)
    finally:
        for descriptor in os.environ.pop("DOJO_BOUND_SOCKETS").split(","):
            os.close(int(descriptor))
