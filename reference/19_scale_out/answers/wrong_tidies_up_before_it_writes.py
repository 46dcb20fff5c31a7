"""Removes what dead workers have left there, and with it what living ones are writing.

Refused by: test_two_workers_at_one_region_both_succeed
"""

_write_whole = write_whole


def write_whole(path: Path, frame: pd.DataFrame) -> None:
    for other in path.parent.iterdir():
        if other.suffix != ".pkl":
            other.unlink()
    _write_whole(path, frame)
