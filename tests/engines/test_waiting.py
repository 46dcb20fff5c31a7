"""What takes long to start says what it waits for; what does not says nothing."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dojo import engines
from dojo.engines import waiting
from dojo.engines.protocol import Engine
from dojo.engines.waiting import told_if_long
from dojo.ground.run_folder import Room

LIMIT_S = 30


class Told(list):
    """What was said; a block can wait for it."""

    def await_one(self) -> None:
        end = time.monotonic() + LIMIT_S
        while not self and time.monotonic() < end:
            time.sleep(0.001)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setattr(waiting, "PATIENCE_S", 0.01)
    return Told()


@pytest.mark.parametrize("forks", [True, False], ids=["signal", "thread"])
def test_long_wait_says_what_for(told: Told, monkeypatch: pytest.MonkeyPatch, forks: bool) -> None:
    monkeypatch.setattr(waiting, "CAN_FORK", forks)

    with told_if_long(told.append, "the engine"):
        told.await_one()

    assert told == ["Still waiting for the engine ..."]
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.parametrize("forks", [True, False], ids=["signal", "thread"])
def test_short_wait_says_nothing(monkeypatch: pytest.MonkeyPatch, forks: bool) -> None:
    monkeypatch.setattr(waiting, "CAN_FORK", forks)
    told: list[str] = []

    with told_if_long(told.append, "the engine"):
        pass

    assert told == []


def test_clock_of_somebody_else_is_left_alone(told: Told) -> None:
    theirs: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda *_: theirs.append(1))
    try:
        with told_if_long(told.append, "the engine"):
            signal.raise_signal(signal.SIGALRM)
        handler = signal.getsignal(signal.SIGALRM)
    finally:
        signal.signal(signal.SIGALRM, before)

    assert (theirs, told) == ([1], [])
    assert handler is not signal.SIG_DFL


def test_engine_that_starts_slowly_is_named(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextlib.contextmanager
    def slow(room: Room, say: object) -> Iterator[str]:
        told.await_one()
        yield ""

    engine = Engine(isolate=lambda _: None, running=slow, rehearse=lambda _: None)
    monkeypatch.setitem(engines.ENGINES, "slow", engine)
    room = Room()
    try:
        with contextlib.ExitStack() as until:
            engines.start("slow", room, told.append, until)
    finally:
        room.close()

    assert told == ["Still waiting for slow to start ..."]


def test_full_disk_is_a_fault_of_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextlib.contextmanager
    def full(room: Room, say: object) -> Iterator[str]:
        raise OSError(28, "No space left on device", "/cache/a.db", None, "/tmp/b.db")
        yield ""

    engine = Engine(isolate=lambda _: None, running=full, rehearse=lambda _: None)
    monkeypatch.setitem(engines.ENGINES, "full", engine)
    room = Room()
    try:
        with (
            contextlib.ExitStack() as until,
            pytest.raises(
                engines.EngineError,
                match=r"full cannot start: No space left on device \('/tmp/b.db'\); 'dojo doctor'",
            ),
        ):
            engines.start("full", room, print, until)
    finally:
        room.close()
