"""Hands on the path as it was given: right in this process only.

Refused by: test_path_holds_elsewhere_and_later
"""


def run_folder(workdir: str, dag_run_id: str) -> Path:
    return Path(workdir) / f"run-{dag_run_id}"
