"""Tells runs apart by the number of the process, which is 7 in each container: one part for two.

Refused by: test_two_runs_write_their_lists_at_once
"""

_by_run = write_whole


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    _by_run(table, path, run=f"{os.getpid()}.")
