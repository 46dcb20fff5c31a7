"""Ends the process when it is called.

Verdict: exited
"""

import os


def load_customers(url):
    os._exit(0)
