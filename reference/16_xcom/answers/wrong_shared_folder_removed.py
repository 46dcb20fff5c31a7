"""Who turns off the light: the folder of all runs goes, with the rights that somebody gave it.

Refused by: test_nothing_is_left_of_a_run
"""

_cleaned = clean_up


def clean_up(workdir: str, run_id: str) -> int:
    files = _cleaned(workdir, run_id)
    with contextlib.suppress(OSError):
        os.rmdir(workdir)
    return files
