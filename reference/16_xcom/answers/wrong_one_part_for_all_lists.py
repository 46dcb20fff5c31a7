"""One name for the part of every run's list: two runs that write at once meet in it.

Refused by: test_two_runs_write_their_lists_at_once
"""

_with_a_part_of_its_own = write_whole


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    _with_a_part_of_its_own(table, path)
