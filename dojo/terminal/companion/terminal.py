"""The learner's terminal: single keys, a frame in place, stop and go on, and no Ctrl-C lost."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Any

from dojo.terminal.screen import silence_stdout

# A sequence that a key sends, whole; what only begins like one; what only one key is.
_WHOLE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O[ -~]|\x1b)")
_BEGUN = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*|O)?\Z")
_NAMED = {
    **{f"\x1b{start}{end}": name for start in "[O" for end, name in zip("ABCDHF", (
        "up", "down", "right", "left", "home", "end"), strict=True)},
    **{"\x1b[5~": "page up", "\x1b[6~": "page down", "\x1b\x1b": "escape", "\x1b": "escape"},
    **{"\r": "enter", "\n": "enter", "\t": "tab", "\x7f": "backspace", "\x08": "backspace"},
    "\x04": "end of input",
}  # fmt: skip
# Over a slow line the parts of a sequence come one after the other; a person is slower.
_PATIENCE_S = 0.05
_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l\x1b[H", "\x1b[?25h\x1b[?1049l"
_Handler = Callable[[int, FrameType | None], None]
_CAN_STOP = hasattr(signal, "SIGTSTP")


@contextlib.contextmanager
def nobody_reads() -> Iterator[None]:
    """Go on where what is written has no reader any more: a window was closed, a line cut."""
    try:
        yield
    except OSError:
        silence_stdout()


class Decoder:
    """Makes keys of what a terminal sends, whatever pieces it comes in."""

    def __init__(self) -> None:
        self._bytes = codecs.getincrementaldecoder("utf-8")(errors="ignore")
        self._left = ""

    @property
    def waits(self) -> bool:
        """Say whether the beginning of a sequence is there, and not its end."""
        return bool(self._left)

    def feed(self, data: bytes) -> list[str]:
        """Return the keys that are whole: characters as they are, others by name."""
        text, self._left = self._left + self._bytes.decode(data), ""
        keys = []
        while text:
            if _BEGUN.match(text):
                self._left = text
                break
            found = _WHOLE.match(text)
            piece = found[0] if found else text[0]
            text = text[len(piece) :]
            name = _NAMED.get(piece, piece if piece.isprintable() else "")
            keys += [name] * bool(name)
        return keys

    def give_up(self) -> list[str]:
        """Return the keys in what did not go on: Escape itself."""
        left, self._left = self._left, ""
        return ["escape"] if left == "\x1b" else []


class Terminal:
    """Standard input and output while the companion has them; put back whatever happens.

    Attributes:
        is_stale: What is on it must be painted again: it was resized, or somebody else had it.
    """

    def __init__(self, *, framed: bool) -> None:
        """Change nothing yet.

        Args:
            framed: Whether a frame is painted, beside what the learner's shell has shown.
        """
        self.is_stale = framed
        self._framed = framed
        self._keyed = sys.stdin.isatty()
        self._decoder = Decoder()
        self._ends: list[BaseException] = []
        self._handlers: dict[int, Any] = {}
        self._modes: list[Any] | None = None

    def __enter__(self) -> Terminal:
        """Take the terminal."""
        wanted: dict[str, _Handler] = {
            "SIGINT": self._end,
            "SIGTERM": self._end,
            "SIGHUP": self._end,
        }
        wanted |= {"SIGTSTP": self._stop, "SIGWINCH": self._note}
        for name, handler in wanted.items():
            if (number := getattr(signal, name, None)) is not None:
                self._handlers[number] = signal.signal(number, handler)
        self._take()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put the terminal back."""
        self._give_back()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def keys(self, timeout_s: float) -> list[str]:
        """Wait for keys; return them, none after a while, `hang up` when the terminal is gone.

        Args:
            timeout_s: How long to wait at most.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed.
            SystemExit: A signal asks for the end.
        """
        if self._ends:  # raised in a callback of the garbage collector it was only printed
            raise self._ends[-1]
        if not self._keyed:
            time.sleep(timeout_s)
            return []
        if sys.platform == "win32":
            return _windows_keys(timeout_s)
        if not self._is_readable(_PATIENCE_S if self._decoder.waits else timeout_s):
            return self._decoder.give_up()
        with contextlib.suppress(OSError):
            if typed := os.read(sys.stdin.fileno(), 1024):
                return self._decoder.feed(typed)
        return ["hang up"]

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """Give the terminal to another program, an editor, for as long as the block lasts."""
        self._give_back()
        # Ctrl-C and Ctrl-Z are the editor's own; not ignored, or it would ignore them as well.
        kept = {signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None)}
        if _CAN_STOP:
            kept[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        try:
            yield
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)
            self._take()

    def write(self, text: str) -> None:
        """Write as it is; to a terminal that is gone, nothing."""
        with nobody_reads():
            sys.stdout.write(text)
            sys.stdout.flush()

    def _take(self) -> None:
        if self._keyed and sys.platform != "win32":
            import termios
            import tty

            with contextlib.suppress(termios.error):
                self._modes = termios.tcgetattr(sys.stdin.fileno())
                tty.setcbreak(sys.stdin.fileno(), termios.TCSANOW)
        if self._framed:
            self.write(_ENTER)
        self.is_stale = self._framed

    def _give_back(self) -> None:
        if self._framed:
            self.write(_LEAVE)
        if self._modes is not None and sys.platform != "win32":
            import termios

            with contextlib.suppress(termios.error):  # it is gone
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, self._modes)

    def _is_readable(self, timeout_s: float) -> bool:
        import select

        return bool(select.select([sys.stdin.fileno()], [], [], timeout_s)[0])

    def _end(self, number: int, _: FrameType | None) -> None:
        interrupted = number == signal.SIGINT
        self._ends.append(KeyboardInterrupt() if interrupted else SystemExit(128 + number))
        raise self._ends[-1]

    def _note(self, *_: object) -> None:
        self.is_stale = self._framed

    def _stop(self, *_: object) -> None:
        """Give the terminal back, stop as if nobody had caught Ctrl-Z, and take it again."""
        if sys.platform == "win32" or not _CAN_STOP:
            return
        self._give_back()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        # Here `fg` goes on.
        signal.signal(signal.SIGTSTP, self._stop)
        self._take()


def _windows_keys(timeout_s: float) -> list[str]:
    if sys.platform == "win32":
        import msvcrt

        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if msvcrt.kbhit():
                typed = msvcrt.getwch()
                if typed in ("\x00", "\xe0"):
                    named = {"H": "up", "P": "down", "M": "right", "K": "left"}
                    name = named.get(msvcrt.getwch(), "")
                    return [name] * bool(name)
                return Decoder().feed(typed.encode()) or ["escape"]
            time.sleep(0.02)
    return []
