"""Does nothing about a run that is at work: then nobody looks again.

Refused by: test_what_heals_by_itself_is_waited_for
"""

_next = next_step


def next_step(night: Row, cause: tuple[str, str], tasks: dict[str, list[str]]) -> str:
    return "nothing" if cause[0] == "nothing" else _next(night, cause, tasks)
