"""Removes the old file before it writes: a killed worker leaves none.

Refused by: test_killed_worker_leaves_no_half_file
"""

_write_whole = write_whole


def write_whole(path: Path, frame: pd.DataFrame) -> None:
    path.unlink(missing_ok=True)
    _write_whole(path, frame)
