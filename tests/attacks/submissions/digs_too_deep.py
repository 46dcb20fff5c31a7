"""Leaves folders in folders, deeper than any path is long.

Verdict: raised
"""

import os

here = os.getcwd()
for _ in range(1500):
    os.mkdir("d")
    os.chdir("d")
os.chdir(here)
