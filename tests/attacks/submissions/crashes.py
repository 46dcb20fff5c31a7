"""Reads where there is nothing: the process is gone.

Verdict: crashed
"""

import ctypes


def load_customers(url):
    ctypes.string_at(0)
