"""Starts the rest again though an effect may have happened.

Refused by: test_what_may_have_happened_is_looked_at
"""

_next = next_step


def next_step(night: Row) -> str:
    step = _next(night)
    return "rerun" if step == "look" else step
