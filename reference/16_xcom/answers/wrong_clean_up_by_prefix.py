"""Removes what begins with the run's id: also of the run whose id is longer by one digit.

Refused by: test_other_runs_keep_their_files
"""


def clean_up(workdir: str, run_id: str) -> int:
    removed = 0
    for folder in Path(workdir).glob(f"run-{run_id}*"):
        removed += sum(path.is_file() for path in folder.rglob("*"))
        shutil.rmtree(folder)
    return removed
