"""Looks at when a run began, and not at when it was due: workers are busy.

Refused by: test_clock_change_is_told_by_the_wall_clock, test_night_that_healed_has_no_cause
"""

_cause = find_cause


def find_cause(night: Row, failure: str | None) -> tuple[str, str]:
    runs = _tonights(night)
    if abs(_began(runs[0]) - _time(runs[0]["due"])) >= timedelta(minutes=50):
        return "clock", runs[-1]["id"]
    return _cause(night, failure)
