"""Starts again whatever is red, as everybody does first.

Refused by: test_what_waiting_never_heals_is_mended, test_what_heals_by_itself_is_waited_for
"""


def next_step(night: Row, cause: tuple[str, str], tasks: dict[str, list[str]]) -> str:
    del night, tasks
    return "nothing" if cause[0] == "nothing" else "rerun"
