"""Takes the first 60 signs of the run's id: long ids that end otherwise are one run.

Refused by: test_each_run_has_its_own_file
"""


def run_folder(workdir: str, run_id: str) -> Path:
    return Path(workdir).resolve() / f"run-{run_id[:60]}"
