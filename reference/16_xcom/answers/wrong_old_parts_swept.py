"""Sweeps old parts of all runs: a run that was killed, and is looked at on Monday, loses its own.

Refused by: test_other_runs_keep_their_files
"""

_clean_up = clean_up


def clean_up(workdir: str, run_id: str) -> int:
    import time

    removed, own = _clean_up(workdir, run_id), run_folder(workdir, run_id)
    for part in own.parent.glob("run-*/.*part"):
        if part.parent != own and time.time() - part.stat().st_mtime > 24 * 60 * 60:
            part.unlink()
    return removed
