"""Takes along the folders that are older than a week, whosever they are.

Refused by: test_other_runs_keep_their_files
"""

import time

_clean_up = clean_up


def clean_up(workdir: str, run_id: str) -> int:
    for folder in Path(workdir).glob("run-*"):
        if time.time() - folder.stat().st_mtime > 7 * 24 * 3600:
            shutil.rmtree(folder)
    return _clean_up(workdir, run_id)
