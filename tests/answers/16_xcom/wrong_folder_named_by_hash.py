"""Names the run's folder by `hash`, which each process salts: the clean-up looks for another one.

Refused by: test_another_process_cleans_up
"""

from pathlib import Path


def run_folder(workdir: str, run_id: str) -> Path:
    return Path(workdir).resolve() / f"run-{hash(run_id):x}"
