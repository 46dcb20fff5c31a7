"""Asks the last run alone for all tasks: two runs have done the night between them.

Refused by: test_night_that_healed_has_no_cause
"""


def _missing(night: Row) -> set[str]:
    tasks = _tonights(night)[-1]["tasks"]
    return _done_earlier(night) - {task["name"] for task in tasks if _type(task) == "COMPLETED"}
