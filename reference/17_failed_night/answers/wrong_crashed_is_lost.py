"""Reads the state: Crashed. All was done when an automation wrote that.

Refused by: test_night_that_healed_has_no_cause
"""

_cause = find_cause


def find_cause(night: Row, failure: str | None) -> tuple[str, str]:
    last = _tonights(night)[-1]
    return ("worker", last["id"]) if _type(last) == "CRASHED" else _cause(night, failure)
