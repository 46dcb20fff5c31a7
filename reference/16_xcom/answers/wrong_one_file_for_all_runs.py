"""The path of the notebook: one name, whichever run it is.

Refused by: test_each_run_has_its_own_file, test_other_runs_keep_their_files
"""


def run_folder(workdir: str, run_id: str) -> Path:
    return Path(workdir).resolve() / "churn"
