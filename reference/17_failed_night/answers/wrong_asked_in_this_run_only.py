"""Looks upstream of the first failure in its own run alone.

Refused by: test_other_answer_is_found_upstream
"""

_told_by_all = _told_by_answers


def _told_by_answers(failure: str, night: Row) -> tuple[str, str] | None:
    tonight = [
        run if failure in {one["id"] for one in run["tasks"]} else {**run, "tasks": []}
        for run in _tonights(night)
    ]
    return _told_by_all(failure, {**night, "runs": [*tonight, *_earlier(night)]})
