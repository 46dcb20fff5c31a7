"""Runs all of the night again, whatever is done.

Refused by: test_done_and_sound_is_kept
"""


def sort_tasks(night: Row, cause: tuple[str, str]) -> dict[str, list[str]]:
    del cause
    return {"by_hand": [], "keep": [], "again": sorted(_needed(night))}
