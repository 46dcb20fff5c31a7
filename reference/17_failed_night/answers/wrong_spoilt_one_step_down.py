"""Distrusts what came right after the cause, and trusts what was made of that.

Refused by: test_what_was_made_of_spoilt_rows_is_not_kept
"""


def _spoilt(night: Row, where: str) -> set[str]:
    tasks = {task["id"]: task for run in _tonights(night) for task in run["tasks"]}
    return {name for name, one in tasks.items() if where in {name, *one["upstream"]}}
