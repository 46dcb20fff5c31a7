"""Distrusts what an answer or a cache has spoilt, but not what was made of a failure.

Refused by: test_what_was_made_of_spoilt_rows_is_not_kept
"""

_all_spoilt = _spoilt


def _spoilt(night: Row) -> set[str]:
    return set() if find_cause(night)[0] == "code" else _all_spoilt(night)
