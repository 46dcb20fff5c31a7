"""Tell a person what is waited for, once it takes long."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator

from dojo.ground.run_folder import CAN_FORK

PATIENCE_S = 5.0


@contextlib.contextmanager
def told_if_long(say: Callable[[str], None], what: str) -> Iterator[None]:
    """Say what is waited for if the block lasts longer than five seconds.

    Where this process forks it takes the clock's signal, since a thread's locks would be in the
    forks; if somebody else has that already, within another such block for one, nothing is said.

    Args:
        say: Is told, in one line.
        what: What is waited for.
    """
    line = f"Still waiting for {what} ..."
    if not CAN_FORK or sys.platform == "win32":
        timer = threading.Timer(PATIENCE_S, say, [line])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
        return
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGALRM, lambda *_: say(line))
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
