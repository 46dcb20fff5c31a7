"""A cluster in a test: it starts, notes what its workers ran, and nothing of it is left."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from dojo.ground.processes import children_of
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
