"""Whoever copies instead of moving leaves what was written beside.

Refused by: test_nothing_else_is_left
"""

import shutil

_publish = publish


def publish(folder, records):
    changed = _publish(folder, records)
    for name in records:
        shutil.copyfile(Path(folder, f"{name}.json"), Path(folder, f"{name}.tmp"))
    return changed
