"""Asks only of the run that began last whether it is alive: an earlier one is still at work.

Refused by: test_effect_is_never_just_run_again, test_what_heals_by_itself_is_waited_for
"""

_sort, _step = sort_tasks, next_step


def sort_tasks(night: Row, cause: tuple[str, str]) -> dict[str, list[str]]:
    found = _sort(night, cause)
    if _is_alive(_tonights(night)[-1], night):
        return found
    return {**found, "again": sorted(_needed(night) - {*found["by_hand"], *found["keep"]})}


def next_step(night: Row, cause: tuple[str, str], tasks: dict[str, list[str]]) -> str:
    step = _step(night, cause, tasks)
    if step == "wait" and cause[0] == "twice" and not _is_alive(_tonights(night)[-1], night):
        return "rerun"
    return step
