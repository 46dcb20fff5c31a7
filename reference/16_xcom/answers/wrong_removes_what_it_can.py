"""Passes over what cannot be removed: green every night, and the disk fills.

Refused by: test_what_cannot_be_removed_is_an_error
"""


def clean_up(workdir: str, run_id: str) -> int:
    folder = run_folder(workdir, run_id)
    files = sum(path.is_file() for path in folder.rglob("*"))
    shutil.rmtree(folder, ignore_errors=True)
    return files
