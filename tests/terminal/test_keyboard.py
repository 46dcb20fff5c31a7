from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from dojo.ground import interrupts
from dojo.terminal.keyboard import raw_keys

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Put a pseudo-terminal in the place of standard input; the value types on it."""
    master, terminal = os.openpty()
    with os.fdopen(terminal, closefd=True) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield master
    os.close(master)


class Dying:
    """Sends this process a signal where Python only prints what is raised."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self) -> None:
        os.kill(os.getpid(), self.number)


def test_keys_are_read_without_enter(keys: int):
    with raw_keys() as read:
        assert read(0) == ""
        os.write(keys, b"h")
        assert read(10) == "h"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
def test_signal_that_python_only_printed_is_not_lost(
    keys: int, number: int, raised: type[BaseException]
):
    with raw_keys() as read:
        dying = Dying(number)
        del dying
        with pytest.raises(raised):
            read(0)


def test_handlers_and_terminal_are_put_back(keys: int):
    import termios

    before = signal.getsignal(signal.SIGINT), termios.tcgetattr(sys.stdin.fileno())
    with raw_keys():
        pass
    assert (signal.getsignal(signal.SIGINT), termios.tcgetattr(sys.stdin.fileno())) == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_interrupt_that_python_only_printed_is_raised_by_who_waits():
    with interrupts.noted():
        dying = Dying(signal.SIGINT)
        del dying
        with pytest.raises(KeyboardInterrupt):
            interrupts.raise_lost()
        interrupts.raise_lost()  # once


def test_interrupt_that_a_library_has_made_an_error_of_is_one_again():
    def interrupted() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt as error:
            raise ValueError("cannot be serialised") from error

    with interrupts.noted(), pytest.raises(KeyboardInterrupt), interrupts.kept():
        interrupted()
    with interrupts.noted(), pytest.raises(ValueError, match="of its own"), interrupts.kept():
        raise ValueError("of its own")
