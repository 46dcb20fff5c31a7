"""Loops, and swallows whatever would stop it.

Verdict: timeout
"""

import signal
import time


def load_customers(url):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        try:
            time.sleep(0)
        except BaseException:
            pass
