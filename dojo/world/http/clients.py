"""Lead every HTTP client of this process to a played host, without a socket and without a wait.

`requests` is not among them: `responses` plays for it. The others open their connections in one of
four places; there they get a line to the played host instead. So what lies above it is their own:
pools, redirections, exceptions, and what they make of an answer that breaks off.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol
from unittest import mock

import urllib3.exceptions

from dojo.world.seams import libraries

CLIENTS = ("requests", "httpx", "urllib", "urllib3")

_REFUSED = "[Errno 111] Connection refused"
_SILENT = "The read operation timed out"
_UNREACHED = "timed out"


class Silent(Exception):
    """The played host does not answer: the client's time-out has passed."""


class Refused(Exception):
    """The played host refuses the connection."""


class Played(Protocol):
    """A host that is played."""

    def opens(self, timeout_s: float | None) -> None:
        """Take the connection that is being opened.

        Raises:
            Refused: It is not taken.
            Silent: It is neither taken nor refused.
        """

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], timeout_s: float | None
    ) -> tuple[int, Mapping[str, str], str]:
        """Return status, headers and body of the answer to a request.

        Raises:
            Silent: There is none.
        """


class _Line:
    """A connection: a socket for who wants one, a stream for httpx."""

    def __init__(
        self, host: Played, timeout_s: float | None = None, silent: type[Exception] = TimeoutError
    ) -> None:
        self._host = host
        self._silent = silent
        self._timeout_s = timeout_s
        self._asked = b""
        self._answer = io.BytesIO()

    # What a socket is asked for by `http.client` and urllib3.

    def settimeout(self, seconds: float | None) -> None:
        self._timeout_s = seconds

    def sendall(self, data: bytes) -> None:
        self._asked += data

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Answer(lambda: self._answered(self._timeout_s)))

    def close(self) -> None: ...

    # What a stream is asked for by httpcore, which names the time-out each time.

    def write(self, data: bytes, timeout: float | None = None) -> None:
        del timeout
        self.sendall(data)

    def read(self, most: int, timeout: float | None = None) -> bytes:
        if self._asked:
            self._answer = io.BytesIO(self._answered(timeout))
        return self._answer.read(most)

    def start_tls(self, *_: Any, **__: Any) -> _Line:
        return self

    def get_extra_info(self, _: str) -> None: ...

    def _answered(self, timeout_s: float | None) -> bytes:
        head, _, _ = self._asked.partition(b"\r\n\r\n")
        self._asked = b""
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        named = dict(line.split(": ", 1) for line in lines)
        try:
            status, headers, body = self._host.answer(method, path, named, timeout_s)
        except Silent:
            raise self._silent(_SILENT) from None
        content = body.encode()
        told = {"Content-Length": str(len(content)), **headers, "Connection": "close"}
        reason = http.client.responses.get(status, "")
        said = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {told[name]}" for name in told)]
        return "\r\n".join([*said, "", ""]).encode() + content


class _Answer(io.RawIOBase):
    """What can be read from a socket: as there, it is when something is read that a wait ends."""

    def __init__(self, answered: Callable[[], bytes]) -> None:
        self._answered = answered
        self._content: io.BytesIO | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._content = self._content or io.BytesIO(self._answered())
        return self._content.readinto(buffer)


class _AsyncLine:
    """The stream for httpx's asynchronous client."""

    def __init__(self, line: _Line) -> None:
        self._line = line
        self.get_extra_info = line.get_extra_info

    async def read(self, most: int, timeout: float | None = None) -> bytes:
        return self._line.read(most, timeout)

    async def write(self, data: bytes, timeout: float | None = None) -> None:
        self._line.write(data, timeout)

    async def aclose(self) -> None: ...

    async def start_tls(self, *_: Any, **__: Any) -> _AsyncLine:
        return self


@contextlib.contextmanager
def clients_led(name: str, host: Played) -> Iterator[None]:
    """Lead all clients but `requests` to a played host for the length of a block.

    Args:
        name: The host's name; it is reached over HTTPS.
        host: Plays it.
    """
    around = _connecting(name, host, _closed)
    connect = around(http.client.HTTPSConnection.connect)
    urllib3s = _connecting(name, host, _not_new)(libraries.CONNECTED.read())
    with (
        mock.patch.object(http.client.HTTPSConnection, "connect", connect),
        libraries.CONNECTED.replaced(urllib3s),
        _httpx_led(name, host),
    ):
        yield


def _closed(_: Any, *, silent: bool) -> Exception:
    closed = ConnectionRefusedError(111, "Connection refused")
    return TimeoutError(_UNREACHED) if silent else closed


def _not_new(connection: Any, *, silent: bool) -> Exception:
    if silent:
        said = f"Connection to {connection.host} timed out. (connect timeout={connection.timeout})"
        return urllib3.exceptions.ConnectTimeoutError(connection, said)
    said = f"Failed to establish a new connection: {_REFUSED}"
    return urllib3.exceptions.NewConnectionError(connection, said)


def _connecting(name: str, host: Played, failure: Callable[..., Exception]) -> Any:
    """Return what makes, of a method `connect`, one that knows the played host."""

    def around(real: Any) -> Any:
        def connect(this: Any) -> None:
            if this.host.lower() != name:
                real(this)
                return
            known = this.timeout is None or isinstance(this.timeout, int | float)
            timeout_s = this.timeout if known else socket.getdefaulttimeout()
            try:
                host.opens(timeout_s)
            except (Refused, Silent) as error:
                raise failure(this, silent=isinstance(error, Silent)) from None
            this.sock = _Line(host, timeout_s)
            this.is_verified = True  # else urllib3 warns

        return connect

    return around


@contextlib.contextmanager
def _httpx_led(name: str, host: Played) -> Iterator[None]:
    try:
        import httpcore
    except ImportError:  # without Prefect, no httpx either
        yield
        return

    def line_to(asked: Any, timeout_s: float | None) -> _Line | None:
        if str(asked).lower() != name:
            return None
        try:
            host.opens(timeout_s)
        except Refused:
            raise httpcore.ConnectError(_REFUSED) from None
        except Silent:
            raise httpcore.ConnectTimeout(_UNREACHED) from None
        return _Line(host, silent=httpcore.ReadTimeout)

    def around(real: Any) -> Any:
        def connect(this: Any, host: str, port: int, timeout: Any = None, **more: Any) -> Any:
            return line_to(host, timeout) or real(this, host, port, timeout=timeout, **more)

        return connect

    def around_async(real: Any) -> Any:
        async def connect(this: Any, host: str, port: int, timeout: Any = None, **more: Any) -> Any:
            line = line_to(host, timeout)
            return _AsyncLine(line) if line else await real(this, host, port, timeout, **more)

        return connect

    sync, of_async = libraries.STREAMED, libraries.STREAMED_ASYNC
    with sync.replaced(around(sync.read())), of_async.replaced(around_async(of_async.read())):
        yield
