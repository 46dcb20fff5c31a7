"""Takes all errors of the API for an outage, a refusal too: no waiting heals that.

Refused by: test_secret_is_refused_from_a_moment_on
"""

_by_answers = _told_by_answers


def _told_by_answers(failure: str, run: Row, night: Row) -> tuple[str, str] | None:
    told = _by_answers(failure, run, night)
    return ("outage", told[1]) if told and told[0] == "secret" else told
