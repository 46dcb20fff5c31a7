"""Names the run's folder by the machine too: the next task, on another one, finds no folder.

Refused by: test_retry_writes_no_second_file, test_nothing_is_left_of_a_run
"""

import platform


def run_folder(workdir: str, run_id: str) -> Path:
    return Path(workdir).resolve() / f"run-{run_id}@{platform.node()}"
