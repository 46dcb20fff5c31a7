"""Kills its own process.

Verdict: crashed
"""

import os


def load_customers(url):
    os.kill(os.getpid(), 9)
