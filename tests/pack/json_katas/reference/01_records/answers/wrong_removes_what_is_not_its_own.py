"""Whoever goes through all files removes those of others.

Refused by: test_files_of_others_stay
"""


def remove(folder, keep):
    gone = sorted(path for path in Path(folder).iterdir() if path.stem not in keep)
    for path in gone:
        path.unlink()
    return [path.stem for path in gone]
