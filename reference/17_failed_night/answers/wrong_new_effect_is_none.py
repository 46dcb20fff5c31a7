"""Reads which tasks are effects off the newest earlier run: one that is new is run again.

Refused by: test_effect_is_never_just_run_again
"""

import copy

_sort = sort_tasks


def sort_tasks(night: Row, cause: tuple[str, str]) -> dict[str, list[str]]:
    newest = _earlier(night)[-1]
    effects = {one["name"] for one in newest["tasks"] if EFFECT in one["tags"]}
    night = copy.deepcopy(night)
    for task in (one for run in night["runs"] for one in run["tasks"]):
        if task["name"] not in effects:
            task["tags"] = [one for one in task["tags"] if one != EFFECT]
    return _sort(night, cause)
