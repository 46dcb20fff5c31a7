"""Keeps an effect that happened twice: done is done.

Refused by: test_effect_is_never_just_run_again
"""

_sort = sort_tasks


def sort_tasks(night: Row) -> dict[str, list[str]]:
    found = _sort(night)
    if find_cause(night)[0] not in ("twice", "clock"):
        return found
    return {**found, "by_hand": [], "keep": sorted(found["keep"] + found["by_hand"])}
