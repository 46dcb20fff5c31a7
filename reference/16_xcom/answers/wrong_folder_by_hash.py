"""Names a run's folder by Python's own hash: each process salts it anew, and finds no folder.

Refused by: test_retry_writes_no_second_file, test_nothing_is_left_of_a_run
"""


def run_folder(workdir: str, run_id: str) -> Path:
    return Path(workdir).resolve() / f"run-{hash(run_id):x}"
