"""Takes each 401 for the secret: the API goes on answering everybody else.

Refused by: test_secret_is_refused_from_a_moment_on, test_code_is_left_where_nothing_else_is
"""

_by_answers = _told_by_answers


def _told_by_answers(failure: str, run: Row, night: Row) -> tuple[str, str] | None:
    asked = _last_request(failure, night)
    if asked is not None and asked["status"] == 401:
        return "secret", failure
    return _by_answers(failure, run, night)
