"""Waits after each outage, though the API has answered others since.

Refused by: test_rest_is_run_again_and_nothing_else
"""

_next = next_step


def next_step(night: Row, cause: tuple[str, str], tasks: dict[str, list[str]]) -> str:
    return "wait" if cause[0] == "outage" else _next(night, cause, tasks)
