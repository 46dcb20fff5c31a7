"""Asks whether anybody was ever answered: before the secret expired all were.

Refused by: test_secret_is_refused_from_a_moment_on
"""

_by_answers = _told_by_answers


def _told_by_answers(failure: str, run: Row, night: Row) -> tuple[str, str] | None:
    told = _by_answers(failure, run, night)
    if told and told[0] == "secret":
        tonight = {task["id"] for one in night["runs"] for task in one["tasks"]}
        tonight -= {task["id"] for one in _earlier(night) for task in one["tasks"]}
        if any(one["status"] == 200 for one in night["requests"] if one["task"] in tonight):
            return None
    return told
