"""Does nothing about a run that is at work: then nobody looks again.

Refused by: test_what_heals_by_itself_is_waited_for
"""

_next = next_step


def next_step(night: Row) -> str:
    is_fine = find_cause(night)[0] == "nothing"
    return "nothing" if is_fine else _next(night)
