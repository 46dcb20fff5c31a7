"""Read single keys from the terminal, and lose no Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator

_ARROWS = {"\x1b[C": "n", "\x1b[D": "p", "\x1bOC": "n", "\x1bOD": "p"}
ReadKeys = Callable[[float], str]


@contextlib.contextmanager
def raw_keys() -> Iterator[ReadKeys]:
    """Give keys without Enter and without echo; put the terminal back whatever happens.

    Yields:
        A function that waits for keys, in seconds at most, and returns them; empty if there are
        none, `q` when the terminal is gone.
    """
    if sys.platform == "win32":
        yield _windows_keys
        return

    import select
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    ends: list[BaseException] = []

    def end(number: int, _: object) -> None:
        interrupted = number == signal.SIGINT
        ends.append(KeyboardInterrupt() if interrupted else SystemExit(128 + number))
        raise ends[-1]

    handlers = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}

    def read(timeout_s: float) -> str:
        if ends:  # raised in a callback of the garbage collector it was only printed
            raise ends[-1]
        if not select.select([terminal], [], [], timeout_s)[0]:
            return ""
        with contextlib.suppress(OSError):
            typed = os.read(terminal, 64).decode(errors="ignore")
            return _ARROWS.get(typed, "" if typed.startswith("\x1b") else typed) or "q" * (
                not typed
            )
        return "q"

    try:
        tty.setcbreak(terminal, termios.TCSANOW)
        yield read
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _windows_keys(timeout_s: float) -> str:
    if sys.platform == "win32":
        import msvcrt
        import time

        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if msvcrt.kbhit():
                return msvcrt.getwch()
            time.sleep(0.02)
    return ""
