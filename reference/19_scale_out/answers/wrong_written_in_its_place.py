"""Writes the file in its place: who is killed half-way leaves half of it.

Refused by: test_killed_worker_leaves_no_half_file
"""


def write_whole(path: Path, frame: pd.DataFrame) -> None:
    frame.to_pickle(path)
