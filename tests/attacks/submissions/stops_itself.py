"""Stops its process, and all of its group: it neither ends nor goes on.

Verdict: timeout
"""

import os
import signal


def load_customers(url):
    os.killpg(0, signal.SIGSTOP)


load_with_backoff = load_with_jitter = load_unless_hopeless = load_politely = load_customers
