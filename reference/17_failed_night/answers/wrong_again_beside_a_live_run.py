"""Starts again what a slow run has yet to do: then there are two.

Refused by: test_what_was_never_started_runs_again
"""

_sort = sort_tasks


def sort_tasks(night: Row, cause: tuple[str, str]) -> dict[str, list[str]]:
    found = _sort(night, cause)
    known = {*found["by_hand"], *found["keep"]}
    return {**found, "again": sorted(_needed(night) - known)}
