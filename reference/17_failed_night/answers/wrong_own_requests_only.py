"""Looks at the requests of the failed task alone: it asked nobody.

Refused by: test_other_answer_is_found_upstream, test_outage_is_told_by_the_last_answer
"""

_by_answers = _told_by_answers


def _told_by_answers(failure: str, run: Row, night: Row) -> tuple[str, str] | None:
    told = _by_answers(failure, run, night)
    return told if told and told[1] == failure else None
