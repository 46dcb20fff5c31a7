"""Keeps an effect that happened twice: done is done.

Refused by: test_effect_is_never_just_run_again
"""

_sort = sort_tasks


def sort_tasks(night: Row, cause: tuple[str, str]) -> dict[str, list[str]]:
    found = _sort(night, cause)
    if cause[0] not in ("twice", "clock"):
        return found
    return {**found, "by_hand": [], "keep": sorted(found["keep"] + found["by_hand"])}
