"""Runs all of the night again, whatever is done.

Refused by: test_done_and_sound_is_kept
"""


def sort_tasks(night: Row) -> dict[str, list[str]]:
    return {"by_hand": [], "keep": [], "again": sorted(_needed(night))}
