"""Returns, raises and names files with halves of characters, which no file in UTF-8 can hold.

Verdict: raised
"""

import os

HALF = "caf\udce9"


def load_customers(url):
    return [HALF, {HALF: HALF}]


def load_with_backoff(url):
    raise ValueError(HALF)


def load_with_jitter(url):
    open(HALF, "w").close()
    return os.listdir(".")


def load_unless_hopeless(url):
    raise type(HALF, (Exception,), {})(HALF)


def load_politely(url):
    with open(HALF):
        return []
