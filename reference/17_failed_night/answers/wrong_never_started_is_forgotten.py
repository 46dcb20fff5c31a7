"""Looks at what is in the record of tonight: what was never started is not.

Refused by: test_what_was_never_started_runs_again
"""

_all = _needed


def _needed(night: Row) -> set[str]:
    return _all(night) & {task["name"] for run in _tonights(night) for task in run["tasks"]}


def _missing(night: Row) -> set[str]:
    tasks = [task for run in _tonights(night) for task in run["tasks"]]
    return _all(night) - {task["name"] for task in tasks if _type(task) == "COMPLETED"}
