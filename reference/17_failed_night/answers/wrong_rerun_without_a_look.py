"""Starts the rest again though an effect may have happened.

Refused by: test_what_may_have_happened_is_looked_at
"""

_next = next_step


def next_step(night: Row, cause: tuple[str, str], tasks: dict[str, list[str]]) -> str:
    step = _next(night, cause, tasks)
    return "rerun" if step == "look" else step
