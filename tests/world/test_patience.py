"""How long a caller waits is read from the kernel, whatever the caller is made of."""

from __future__ import annotations

import math
import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dojo.exam.outside_api import SILENT, Host, OutsideApi, answer
from dojo.world.http.patience import patience_of

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/syscall").exists(), reason="this kernel does not show system calls"
)

HTTP = """
    import http.client
    line = http.client.HTTPConnection("127.0.0.1", PORT, timeout={})
    line.request("GET", "/customers")
    line.getresponse()
"""
SOCKET = """
    import select, socket
    line = socket.create_connection(("127.0.0.1", PORT))
    {}
"""
LOOP = """
    import asyncio
    async def ask():
        reader, _ = await asyncio.open_connection("127.0.0.1", PORT)
        await {}
    asyncio.run(ask())
"""


@contextmanager
def calling(port: int, code: str) -> Iterator[subprocess.Popen[bytes]]:
    code = textwrap.dedent(code).replace("PORT", str(port))
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as caller:
        yield caller
        caller.kill()


@pytest.mark.parametrize(
    ("code", "seconds"),
    [
        (HTTP.format(17), 17),
        (HTTP.format(0.9), 0.9),
        (HTTP.format(None), math.inf),
        (SOCKET.format("line.recv(1)"), math.inf),
        (SOCKET.format("select.select([line], [], [], 23)"), 23),
        (SOCKET.format("select.select([line], [], [])"), math.inf),
        (LOOP.format("reader.read(1)"), math.inf),
        (LOOP.format("asyncio.wait_for(reader.read(1), 31)"), 31),
    ],
)
def test_time_out_is_what_the_kernel_was_asked_for(code: str, seconds: float) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with calling(port, code):
            connection, address = server.accept()
            with connection:
                seen = patience_of(os.getpid(), (address[1], port), 20)

    assert seen == pytest.approx(seconds, abs=0.5)


def test_caller_that_is_gone_is_not_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as gone:
            ends = (gone.getsockname()[1], port)

        assert patience_of(os.getpid(), ends, 0.05) is None


def test_caller_with_something_else_to_do_is_not_taken_for_a_patient_one() -> None:
    code = SOCKET.format("__import__('threading').Event().wait()")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with calling(port, code):
            connection, address = server.accept()
            with connection:
                assert patience_of(os.getpid(), (address[1], port), 0.3) is None


def test_silent_api_sees_who_would_give_up_and_answers_the_next() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    host, api = Host(listening, os.getpid()), OutsideApi(port, lambda: 0.0)
    host.api = api
    api.will(SILENT, SILENT, answer(200, [1]))
    asked = textwrap.dedent(HTTP).strip()
    twice = "\n".join(
        f"try:\n{textwrap.indent(asked.format(limit), '    ')}\nexcept OSError:\n    pass"
        for limit in (12, None, 3)
    )
    try:
        with calling(port, twice) as caller:
            caller.wait(30)
    finally:
        host.close()

    assert api.patience_s == [pytest.approx(12, abs=0.5), math.inf]
    assert [one.answered for one in api.requests] == [-1, -1, 200]
