"""A folder named as the run is called: the run `..` lies above `workdir`, and takes it along.

Refused by: test_each_run_has_its_own_file, test_other_runs_keep_their_files
"""


def run_folder(workdir: str, run_id: str) -> Path:
    return (Path(workdir) / run_id).resolve()
