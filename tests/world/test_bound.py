"""A socket that was bound before the walls serves one test after the other, on one port."""

from __future__ import annotations

import os
import socket

import pytest

from dojo.world.http import bound


def test_socket_is_used_again_and_heard_by_nobody_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(bound._VARIABLE, "")
    (port,) = bound.bind_some(1)
    descriptor = int(os.environ[bound._VARIABLE])
    try:
        for _ in range(3):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port))
            with bound.bound_socket(0) as server:
                assert server.getsockname() == ("127.0.0.1", port)
                server.listen()
                with socket.create_connection(("127.0.0.1", port)) as caller:
                    answering, _ = server.accept()
                    answering.sendall(b"heard")
                    answering.close()  # first, so that this end of the connection lingers
                    assert caller.recv(10) == b"heard"
    finally:
        os.close(descriptor)


def test_socket_on_which_nobody_listened_is_as_good_as_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(bound._VARIABLE, "")
    (port,) = bound.bind_some(1)
    descriptor = int(os.environ[bound._VARIABLE])
    try:
        with bound.bound_socket(0):
            pass
        bound.let_go()
        with bound.bound_socket(0) as server:
            server.listen()
            with socket.create_connection(("127.0.0.1", port)) as caller:
                answering, _ = server.accept()
                caller.sendall(b"asked")
                assert answering.recv(10) == b"asked"
                answering.close()
    finally:
        os.close(descriptor)


def test_without_walls_each_socket_is_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(bound._VARIABLE, raising=False)

    with bound.bound_socket(0) as one, bound.bound_socket(0) as other:
        assert one.getsockname() != other.getsockname()
