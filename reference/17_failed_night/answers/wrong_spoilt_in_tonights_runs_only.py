"""Looks for what was made of spoilt rows in tonight's runs alone: a way by another run is none.

Refused by: test_what_was_made_of_spoilt_rows_is_not_kept
"""


def _spoilt(night: Row, where: str) -> set[str]:
    tasks = {task["id"]: task for run in _tonights(night) for task in run["tasks"]}
    return {name for name in tasks if where in {name} | _above(name, tasks)}
