"""Distrusts what an answer or a cache has spoilt, but not what was made of a failure.

Refused by: test_what_was_made_of_spoilt_rows_is_not_kept
"""

_all_spoilt = _spoilt


def _spoilt(night: Row, where: str) -> set[str]:
    failed = [one for run in _tonights(night) for one in run["tasks"] if _type(one) == "FAILED"]
    return set() if where in {one["id"] for one in failed} else _all_spoilt(night, where)
