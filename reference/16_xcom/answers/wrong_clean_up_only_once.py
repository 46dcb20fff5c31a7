"""Expects that there is something to clean: the retry fails, and the night with it.

Refused by: test_nothing_is_left_of_a_run, test_nothing_is_left_of_a_run_that_was_killed
"""


def clean_up(workdir: str, run_id: str) -> int:
    folder = run_folder(workdir, run_id)
    files = sum(path.is_file() for path in folder.rglob("*"))
    shutil.rmtree(folder)
    return files
