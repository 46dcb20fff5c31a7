"""Ends the process when it is imported, without a word.

Verdict: exited
"""

import os

os._exit(0)
