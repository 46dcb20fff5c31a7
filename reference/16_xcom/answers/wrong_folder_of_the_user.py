"""A folder for each user and run: the clean-up of another worker finds nothing, and is green.

Refused by: test_nothing_is_left_of_a_run
"""

import getpass


def run_folder(workdir: str, run_id: str) -> Path:
    return Path(workdir).resolve() / f"{getpass.getuser()}-run-{run_id}"
