"""Raises what ends pytest itself.

Verdict: exited
"""


def load_customers(url):
    raise KeyboardInterrupt
