"""Waits after each outage, though the API has answered others since.

Refused by: test_rest_is_run_again_and_nothing_else
"""

_next = next_step


def next_step(night: Row) -> str:
    return "wait" if find_cause(night)[0] == "outage" else _next(night)
