"""Looks at the first run of the night, and not at what became of it afterwards.

Refused by: test_night_that_healed_has_no_cause, test_code_is_left_where_nothing_else_is
"""

_cause = find_cause


def find_cause(night: Row, failure: str | None) -> tuple[str, str]:
    kind, where = _cause(night, failure)
    first = _tonights(night)[0]
    own = first_failure(first)
    if kind in ("clock", "twice", "cache") or own is None:
        return kind, where
    return _told_by_answers(own, first, night) or ("code", own)
