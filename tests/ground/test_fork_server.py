"""A parent that forks: it is waited for, asked by several at once, and its end is heard of."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dojo.ground.run_folder import CAN_FORK, Forked
from dojo.wire.fork_client import ForkClient, ForkRefused, launch
from dojo.wire.line import Line, LineClosed

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="there is no such parent without fork")

PARENT = """
import os, signal, sys
from dojo.ground.run_folder import Room
from dojo.wire.fork_server import serve, take_line

line = take_line(sys.argv[1])
{start}

def begin(request, end):
    end.send({{"prepared": request["word"]}})
    if request["word"] == "no":
        raise KeyError("no")

    def answer():
        assert end.receive()["tell"]
        end.send({{"word": request["word"], "pid": os.getpid(), "group": os.getpgid(0)}})
        if request["word"] == "pause":
            signal.pause()
        os._exit(7)

    return answer

serve(line, begin, {room}, faults=(KeyError,), tells_end={tells_end})
"""


@contextlib.contextmanager
def parent(start: str = "", room: str = "Room()", tells_end: bool = True) -> Iterator[ForkClient]:
    code = PARENT.format(start=start, room=room, tells_end=tells_end)

    def launch_code(words: list[str], descriptor: int) -> subprocess.Popen[bytes]:
        return launch(["-c", code, *words[2:]], descriptor)

    client = ForkClient("made_up", launch=launch_code)
    try:
        yield client
    finally:
        client.hang_up()
        client.await_end(timeout_s=20)


@pytest.fixture
def client() -> Iterator[ForkClient]:
    with parent() as client:
        client.await_ready()
        yield client


LINES: list[Line] = []


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    while LINES:
        LINES.pop().close()


def ask(client: ForkClient, word: str) -> tuple[Line, dict]:
    line, pid = client.fork({"word": word})
    LINES.append(line)
    line.send({"tell": True})
    said = client.receive(line)
    assert said["pid"] == pid
    return line, said


def test_each_request_has_a_fork_that_answers_on_its_own_line(client: ForkClient) -> None:
    heard: list[dict] = []
    client.fork({"word": "a"}, heard.append)[0].close()
    with ThreadPoolExecutor(8) as pool:
        said = [one for _, one in pool.map(lambda word: ask(client, word), "abcdefgh" * 4)]

    assert heard == [{"prepared": "a"}]
    assert "".join(one["word"] for one in said) == "abcdefgh" * 4
    assert len({one["pid"] for one in said}) == 32
    assert all(one["pid"] == one["group"] for one in said)


def test_forks_of_the_client_ask_too(client: ForkClient) -> None:
    reading, writing = os.pipe()

    def main() -> None:
        os.write(writing, ask(client, "inner")[1]["word"].encode())

    Forked(main, None).wait(timeout=20)
    assert os.read(reading, 10) == b"inner"
    assert ask(client, "outer")[1]["word"] == "outer"
    os.close(reading)
    os.close(writing)


def test_refusal_is_told_and_the_parent_goes_on(client: ForkClient) -> None:
    with pytest.raises(ForkRefused, match="no"):
        client.fork({"word": "no"})

    assert ask(client, "yes")[1]["word"] == "yes"


@pytest.mark.parametrize("tells_end", [True, False])
def test_end_of_a_fork_is_heard(tells_end: bool) -> None:
    with parent(tells_end=tells_end) as client:
        line, _ = ask(client, "a")
        if tells_end:
            assert client.receive(line) == {"ended": 7}
        with pytest.raises(LineClosed):
            client.receive(line)
        assert not client.has_ended()


def test_fork_without_a_room_stays_in_the_group_of_its_parent() -> None:
    with parent(room="None") as client:
        assert ask(client, "a")[1]["group"] == client.process.pid


@pytest.mark.parametrize("tells_end", [True, False])
def test_killed_parent_takes_its_forks_along_and_is_missed(tells_end: bool) -> None:
    with parent(tells_end=tells_end) as client:
        line, _ = ask(client, "pause")
        os.kill(client.process.pid, signal.SIGKILL)
        with pytest.raises(LineClosed):
            client.receive(line)
        with pytest.raises(LineClosed):
            client.fork({"word": "a"})
        assert client.has_ended()


def test_hung_up_parent_kills_its_forks_and_ends() -> None:
    with parent() as client:
        line, _ = ask(client, "pause")
        client.hang_up()
        with pytest.raises(LineClosed):
            line.receive()
        assert client.process.wait(timeout=20) == 0
        assert client.has_ended()


@pytest.mark.parametrize(
    ("start", "why"),
    [("sys.exit()", ""), ("line.send({'fault': 'no disk'}); sys.exit()", "no disk")],
)
def test_parent_that_does_not_start_says_why_or_nothing(start: str, why: str) -> None:
    with parent(start) as client, pytest.raises(ForkRefused) as refused:
        client.await_ready()

    assert str(refused.value) == why


def test_parent_is_given_up_when_it_takes_too_long() -> None:
    with parent("signal.pause()") as client:
        with pytest.raises(ForkRefused):
            client.await_ready(timeout_s=0.01)
        with pytest.raises(TimeoutError):
            client.fork({"word": "a"}, timeout_s=0.01)
        client.process.kill()


def test_programs_of_the_parent_do_not_hold_its_line() -> None:
    sleeping = "import subprocess; subprocess.Popen(['sleep', '600'], close_fds=False)"
    with parent(f"{sleeping}; sys.exit()") as client, pytest.raises(ForkRefused):
        client.await_ready()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(client.process.pid, signal.SIGKILL)
