from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from dojo.ground import interrupts
from dojo.terminal.companion.terminal import Decoder, Terminal

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
    with Terminal(framed=False) as terminal:
        assert terminal.keys(0) == []
        os.write(keys, b"h")
        assert terminal.keys(10) == ["h"]


@pytest.mark.parametrize(
    ("pieces", "keys"),
    [
        (["hQ"], ["h", "Q"]),
        (["\x1b[A\x1bOB\x1b[C"], ["up", "down", "right"]),
        (["\x1b", "[", "D", "x"], ["left", "x"]),
        (["\x1b[5~\x1b[6", "~"], ["page up", "page down"]),
        (["\x1b[1;5C\x1b[200~"], []),
        (["\r\n\t\x7f\x04"], ["enter", "enter", "tab", "backspace", "end of input"]),
        (["\x1bq"], ["escape", "q"]),
        (["\x01\x00"], []),
    ],
    ids=[
        "letters",
        "arrows",
        "slow-line",
        "pages",
        "unknown",
        "named",
        "escape-then-letter",
        "control",
    ],
)
def test_sequences_are_keys_whatever_pieces_they_come_in(pieces: list[str], keys: list[str]):
    decoder = Decoder()
    assert [key for piece in pieces for key in decoder.feed(piece.encode())] == keys
    assert not decoder.waits


def test_letter_of_two_bytes_may_come_in_two_pieces():
    decoder = Decoder()
    first, second = "é".encode()[:1], "é".encode()[1:]
    assert decoder.feed(first) + decoder.feed(second) + decoder.feed(b"\xff") == ["é"]


def test_escape_alone_is_known_by_what_does_not_follow(keys: int):
    with Terminal(framed=False) as terminal:
        os.write(keys, b"\x1b")
        assert terminal.keys(10) == []
        assert terminal.keys(10) == ["escape"]


def test_end_of_a_terminal_is_told():
    master, end = os.openpty()
    with os.fdopen(end, closefd=True) as stdin, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", stdin)
        with Terminal(framed=False) as terminal:
            os.close(master)
            assert terminal.keys(10) == ["hang up"]


def test_terminal_is_lent_as_it_was(keys: int):
    import termios

    before = termios.tcgetattr(sys.stdin.fileno())
    with Terminal(framed=False) as terminal:
        during = termios.tcgetattr(sys.stdin.fileno())
        with terminal.lent():
            assert termios.tcgetattr(sys.stdin.fileno()) == before
            signal.raise_signal(signal.SIGINT)
        assert termios.tcgetattr(sys.stdin.fileno()) == during != before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("number", "raised"),
    [
        (signal.SIGINT, KeyboardInterrupt),
        (signal.SIGTERM, SystemExit),
        (signal.SIGHUP, SystemExit),
    ],
)
def test_signal_that_python_only_printed_is_not_lost(
    keys: int, number: int, raised: type[BaseException]
):
    with Terminal(framed=False) as terminal:
        dying = Dying(number)
        del dying
        with pytest.raises(raised):
            terminal.keys(0)


def test_handlers_and_terminal_are_put_back(keys: int):
    import termios

    before = signal.getsignal(signal.SIGINT), termios.tcgetattr(sys.stdin.fileno())
    with Terminal(framed=False):
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
