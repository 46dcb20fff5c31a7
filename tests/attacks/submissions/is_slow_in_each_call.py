"""Comes to an end in each call, a little before it must, by a clock that nobody stops.

Verdict: timeout
"""

import os


def load_customers(url):
    until = os.times().elapsed + 16
    while os.times().elapsed < until:
        pass
    return []


load_with_backoff = load_with_jitter = load_unless_hopeless = load_politely = load_customers
