"""Counts only what was answered after the task run had ended, not after its last request.

Refused by: test_rest_is_run_again_and_nothing_else
"""

_next = next_step


def next_step(night: Row, cause: tuple[str, str], tasks: dict[str, list[str]]) -> str:
    if cause[0] != "outage":
        return _next(night, cause, tasks)
    (where,) = (one for run in night["runs"] for one in run["tasks"] if one["id"] == cause[1])
    ended = _at(where["states"][-1])
    requests = [
        one
        for one in night["requests"]
        if one["status"] != 200 or one["task"] == cause[1] or _at(one) > ended
    ]
    return _next({**night, "requests": requests}, cause, tasks)
