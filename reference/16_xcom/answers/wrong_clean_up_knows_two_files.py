"""Removes the files that the tasks write when all goes well.

Refused by: test_nothing_is_left_of_a_run_that_was_killed
"""


def clean_up(workdir: str, run_id: str) -> int:
    folder, removed = run_folder(workdir, run_id), 0
    for name in ("customers.csv", "features.csv"):
        if (folder / name).exists():
            (folder / name).unlink()
            removed += 1
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()
    return removed
