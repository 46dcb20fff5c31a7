"""Have two calls be at a webhook at once, of which the first is over before the second goes on.

So what one changes in the process for the length of its call, and puts back, is seen by the other.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable

from dojo.world.http.webhook import Webhooks

PATIENCE_S = 2.0


def call_at_once(
    webhooks: Webhooks,
    first: Callable[[], object],
    second: Callable[[], object],
    patience_s: float = PATIENCE_S,
) -> None:
    """Call both, each in a thread of its own, and wait for them.

    The second is called when the first is about to connect; the first connects when the second is
    about to, and the second when the first is over. Nothing waits for ever: where the second waits
    for the first by itself, as by a lock, they go on one after the other, after a while.

    Args:
        webhooks: Whom both call, from this process.
        first: What is called first; what it raises is its own affair.
        second: What is called second.
        patience_s: For how long each waits for the other.
    """
    has_come, is_over = threading.Event(), threading.Event()
    both, numbers = threading.Barrier(2), itertools.count(1)

    def hold() -> None:
        number = next(numbers)
        has_come.set()
        if number > 2:
            return
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(patience_s)
        if number == 2:
            is_over.wait(patience_s)

    def run() -> None:
        try:
            first()
        finally:
            has_come.set()
            is_over.set()

    threads = [threading.Thread(target=run), threading.Thread(target=second)]
    before, webhooks.meanwhile = webhooks.meanwhile, hold
    try:
        threads[0].start()
        has_come.wait()
        threads[1].start()
    finally:
        for thread in threads:
            if thread.ident is not None:
                thread.join()
        webhooks.meanwhile = before
