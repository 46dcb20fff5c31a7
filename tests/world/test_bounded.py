"""Who serves a submission serves so many at a time, and hears so much of each."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator

import pytest

from dojo.exam.outside_api import Host, OutsideApi, answer
from dojo.world.http import bounded
from tests.processes import eventually


@pytest.fixture
def api() -> Iterator[OutsideApi]:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    host = Host(listening, os.getpid())
    host.api = OutsideApi(port, lambda: 0.0)
    host.api.will(answer(200, [1]))
    try:
        yield host.api
    finally:
        host.close()


def ask(api: OutsideApi, more: bytes = b"") -> bytes:
    """Return the answer to a request with more headers; nothing if the connection breaks."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", api.port)) as end:
        end.sendall(b"GET /customers HTTP/1.1\r\nHost: a\r\n" + more + b"\r\n")
        return b"".join(iter(lambda: end.recv(65536), b""))
    return b""


def test_so_many_at_a_time(api: OutsideApi) -> None:
    with contextlib.ExitStack() as held:
        for _ in range(bounded.MOST_CONNECTIONS + 30):
            one = held.enter_context(socket.create_connection(("127.0.0.1", api.port)))
            with contextlib.suppress(OSError):  # it was turned away
                one.sendall(b"GET")
        assert eventually(lambda: ask(api) == b"")
        assert api.requests == []
    assert eventually(lambda: b" 200 " in ask(api))


def test_so_much_of_each(api: OutsideApi) -> None:
    assert b" 200 " in ask(api, b"A: 1\r\n" * 50)
    line = b"A: " + b"x" * 60_000 + b"\r\n"
    assert b" 200 " not in ask(api, line * 90)
    assert len(api.requests) == 1
