"""Removes all, but counts what is called like a table: what a kill has left is not told.

Refused by: test_nothing_is_left_of_a_run_that_was_killed
"""

_clean_up = clean_up


def clean_up(workdir: str, run_id: str) -> int:
    tables = len(list(run_folder(workdir, run_id).rglob("*.csv")))
    _clean_up(workdir, run_id)
    return tables
