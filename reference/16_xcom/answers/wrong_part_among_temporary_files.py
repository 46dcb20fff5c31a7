"""Writes to the system's temporary folder, then moves: a copy, if that is another disk.

And what a killed task has left there, no clean-up of this run will ever find.

Refused by: test_nothing_is_left_of_a_run_that_was_killed
"""


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    number, part = tempfile.mkstemp(suffix=".csv")
    os.close(number)
    try:
        table.to_csv(part, index=False)
        shutil.move(part, path)
    finally:
        Path(part).unlink(missing_ok=True)
