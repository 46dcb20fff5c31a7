"""Looks at the first answer that a task had, and not at the last, after its retries.

Refused by: test_other_answer_is_found_upstream
"""


def _last_request(task: str, night: Row) -> Row | None:
    asked = [one for one in night["requests"] if one["task"] == task]
    return min(asked, key=_at, default=None)
