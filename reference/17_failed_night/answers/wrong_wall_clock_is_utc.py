"""Reads the time at which a run was due in UTC.

Refused by: test_clock_change_is_told_by_the_wall_clock
"""

_cause = find_cause


def find_cause(night: Row, failure: str | None) -> tuple[str, str]:
    return _cause({**night, "timezone": "UTC"}, failure)
