"""Inside the block a solution reaches this machine and nothing else."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dojo.world.network import NetworkRefused, certificates_read_once, loopback_only


class Wire:
    """What would have left this process."""

    def __init__(self) -> None:
        self.looked_up: list[Any] = []
        self.connected: list[Any] = []


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Keep also what is allowed off the real network."""
    wire = Wire()
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: wire.looked_up.append(host))
    monkeypatch.setattr(
        socket.socket, "connect", lambda _self, address: wire.connected.append(address)
    )
    return wire


@pytest.fixture
def refused(wire: Wire) -> Iterator[Wire]:
    with loopback_only():
        yield wire


@pytest.fixture
def plug() -> Iterator[socket.socket]:
    with socket.socket() as plug:
        yield plug


RULE = "No network: ask the given address with requests, httpx, urllib or urllib3."
OTHERS = ["api.churn.example", "93.184.216.34", "2606:2800::1", "localhost.example", "0.0.0.0"]
OURS = ["localhost", "127.0.0.1", "127.8.9.1", "::1", "::1%lo", "", b"localhost"]


@pytest.mark.parametrize("host", [*OTHERS, b"api.churn.example"])
def test_name_of_another_machine_is_refused(refused: Wire, host: str | bytes) -> None:
    with pytest.raises(NetworkRefused, match=re.escape(f"Your code asked for {host!r}. {RULE}")):
        socket.getaddrinfo(host, 443)

    assert refused.looked_up == []


@pytest.mark.parametrize("host", [*OURS, None])
def test_name_of_this_machine_is_looked_up(refused: Wire, host: Any) -> None:
    socket.getaddrinfo(host, 80)

    assert refused.looked_up == [host]


@pytest.mark.parametrize("host", OTHERS)
def test_connection_to_another_machine_is_refused(
    refused: Wire, plug: socket.socket, host: str
) -> None:
    with pytest.raises(NetworkRefused, match="No network: ask the given address"):
        plug.connect((host, 443))

    assert refused.connected == []


@pytest.mark.parametrize("host", OURS)
def test_connection_to_this_machine_is_made(refused: Wire, plug: socket.socket, host: str) -> None:
    plug.connect((host, 80))

    assert refused.connected == [(host, 80)]


def test_unix_socket_is_no_network(refused: Wire, plug: socket.socket, tmp_path: Path) -> None:
    plug.connect(str(tmp_path / "socket"))

    assert refused.connected == [str(tmp_path / "socket")]


def test_connection_by_name_is_refused_before_lookup(refused: Wire) -> None:
    with pytest.raises(NetworkRefused):
        socket.create_connection(("api.churn.example", 443))

    assert refused.looked_up == []


def test_refusal_is_an_error_solutions_may_catch(refused: Wire) -> None:
    with pytest.raises(OSError, match="No network: ask the given address"):
        socket.getaddrinfo("api.churn.example", 443)


@pytest.mark.parametrize("failing", [False, True], ids=["done", "raised"])
def test_network_is_back_after_the_block(wire: Wire, plug: socket.socket, failing: bool) -> None:
    def use() -> None:
        with loopback_only():
            if failing:
                raise KeyError

    with contextlib.suppress(KeyError):
        use()
    socket.getaddrinfo("api.churn.example", 443)
    plug.connect(("api.churn.example", 443))

    assert wire.looked_up == ["api.churn.example"]
    assert wire.connected == [("api.churn.example", 443)]


def test_certificates_are_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    read = []
    monkeypatch.setattr(
        ssl.SSLContext, "load_default_certs", lambda _self, *args: read.append(args), raising=False
    )
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with certificates_read_once():
        for _ in range(3):
            ssl.create_default_context()
        for _ in range(2):
            with pytest.raises(FileNotFoundError):
                ssl.create_default_context(cafile=str(tmp_path / "none.pem"))
        assert len(read) == 1
        monkeypatch.setenv("SSL_CERT_FILE", "the webhooks' authority")
        ssl.create_default_context()
        ssl.create_default_context()
        assert len(read) == 3
    monkeypatch.delenv("SSL_CERT_FILE")
    ssl.create_default_context()
    assert len(read) == 4
