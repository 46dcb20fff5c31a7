"""Prints until the log is full.

Verdict: raised
"""

import os


def load_customers(url):
    while True:
        os.write(1, b"x" * (1 << 20))
