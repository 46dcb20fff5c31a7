"""Walks through what it may see: a folder of another user is taken for an empty one, for ever.

Refused by: test_what_cannot_be_removed_is_an_error
"""


def clean_up(workdir: str, run_id: str) -> int:
    removed = 0
    for folder, _, names in os.walk(run_folder(workdir, run_id), topdown=False):
        for name in names:
            os.unlink(os.path.join(folder, name))
            removed += 1
        with contextlib.suppress(OSError):
            os.rmdir(folder)
    return removed
