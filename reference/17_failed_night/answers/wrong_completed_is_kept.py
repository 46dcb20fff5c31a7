"""Keeps all that is Completed, also what was made of an error or of yesterday's data.

Refused by: test_what_was_made_of_spoilt_rows_is_not_kept
"""

_sort = sort_tasks


def sort_tasks(night: Row, cause: tuple[str, str]) -> dict[str, list[str]]:
    found = _sort(night, cause)
    tasks = [task for run in _tonights(night) for task in run["tasks"]]
    done = {task["name"] for task in tasks if _type(task) == "COMPLETED"} - set(found["by_hand"])
    done = {name for name in done if name in _needed(night)}
    return {**found, "keep": sorted(done), "again": [n for n in found["again"] if n not in done]}
