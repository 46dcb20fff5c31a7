"""Ask a limited process to read what anybody may have written; see `child`, which it runs."""

from __future__ import annotations

import atexit
import contextlib
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from dojo.ground.limited import child
from dojo.ground.paths import PACKAGE_ROOT

# Only where the machine hardly runs: what it reads for has seconds of the processor.
_PATIENCE_S = 120.0
_MOST_IDLE = 4


class Refused(Exception):
    """What was asked for was not done.

    Attributes:
        kind: The name of the exception's type; `MemoryError` or `TimeoutError` for more than the
            process may use.
        text: The exception's text.
    """

    def __init__(self, kind: str, text: str) -> None:
        """Say both."""
        super().__init__(f"{kind}: {text}" if text else kind)
        self.kind = kind
        self.text = text

    @property
    def is_too_much(self) -> bool:
        """Say whether it wanted more than anybody needs."""
        return self.kind in ("MemoryError", "TimeoutError")


class Reader:
    """One such process, asked by one thread at a time."""

    def __init__(self) -> None:
        """Start it."""
        self._end, theirs = socket.socketpair()
        self._end.settimeout(_PATIENCE_S)
        self.is_spent = False
        with theirs:
            words = ["-I", "-S", child.__file__, str(theirs.fileno()), str(PACKAGE_ROOT)]
            self._process = subprocess.Popen(
                [sys.executable, *words],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )

    def ask(self, function: Callable[..., Any], *args: Any) -> Any:
        """Have a function called in there.

        Args:
            function: Of a module that imports nothing but the standard library and such modules.
            args: None, numbers, texts, bytes, lists of these.

        Returns:
            What it returned, also of these; a tuple as a list.

        Raises:
            Refused: It raised, or used more than it may.
        """
        name = f"{function.__module__}:{function.__qualname__}"
        try:
            child.send(self._end, {"function": name, "args": child.pack(args)})
            answer = child.receive(self._end)
        except TimeoutError:
            self.close()
            raise Refused("TimeoutError", "") from None
        except (EOFError, OSError, ValueError):
            raise self._died() from None
        except BaseException:  # Ctrl-C: the answer to this would be taken for that to the next
            self.close()
            raise
        if "raised" in answer:
            refused = Refused(*answer["raised"])
            # What it holds of that is not known to be little.
            self.is_spent |= refused.is_too_much
            raise refused
        return child.unpack(answer["value"])

    def _died(self) -> Refused:
        self._end.close()
        self.is_spent = True
        code = self._process.wait()
        return Refused("TimeoutError" if code == -signal.SIGXCPU else "Died", f"exit code {code}")

    def close(self) -> None:
        """End it, and wait until it is gone."""
        self.is_spent = True
        self._end.close()
        self._process.kill()
        self._process.wait()


_idle: list[Reader] = []
_lock = threading.Lock()


@contextlib.contextmanager
def reader() -> Iterator[Reader]:
    """Have one such process for oneself, for the length of a block."""
    with _lock:
        mine = _idle.pop() if _idle else None
    mine = mine or Reader()
    try:
        yield mine
    finally:
        with _lock:
            keep = not mine.is_spent and len(_idle) < _MOST_IDLE
            if keep:
                _idle.append(mine)
        if not keep:
            mine.close()


def ask(function: Callable[..., Any], *args: Any) -> Any:
    """Have a function called in such a process: `Reader.ask`.

    One that dies of something else than its limits has a second try: the first may have been the
    machine's doing.
    """
    for is_last in (False, True):
        with reader() as one:
            try:
                return one.ask(function, *args)
            except Refused as error:
                if is_last or error.kind != "Died":
                    raise
    raise AssertionError("not reached")


@atexit.register
def _close_all() -> None:
    while _idle:
        _idle.pop().close()
