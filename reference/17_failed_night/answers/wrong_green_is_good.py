"""Does nothing where all is Completed: the scores are of yesterday's features.

Refused by: test_what_waiting_never_heals_is_mended
"""

_next = next_step


def next_step(night: Row, cause: tuple[str, str], tasks: dict[str, list[str]]) -> str:
    is_green = all(_type(run) == "COMPLETED" for run in _tonights(night))
    return "nothing" if is_green else _next(night, cause, tasks)
