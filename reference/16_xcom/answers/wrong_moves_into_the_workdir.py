"""Changes the working directory: every relative path of the next task leads elsewhere.

Refused by: test_nothing_is_left_of_a_run
"""

import os

_clean_up = clean_up


def clean_up(workdir: str, run_id: str) -> int:
    if os.path.isdir(workdir):
        os.chdir(workdir)
    return _clean_up(workdir, run_id)
