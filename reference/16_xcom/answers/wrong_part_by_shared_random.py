"""Draws the part's name from the shared generator: two runs that seed it write into one part.

Refused by: test_two_runs_write_their_lists_at_once
"""

import random

_of_a_run = write_whole


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    _of_a_run(table, path, run=f"{random.getrandbits(64):x}." if run else "")
