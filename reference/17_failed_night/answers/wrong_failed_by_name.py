"""Compares a state's name with Failed: TimedOut is of the type FAILED as well.

Refused by: test_failure_of_its_own_is_found, test_collateral_failure_is_not_the_first
"""

_first = first_failure


def first_failure(run: Row) -> str | None:
    tasks = []
    for task in run["tasks"]:
        *before, last = task["states"]
        if last["name"] == "TimedOut":
            last = {**last, "type": "SCHEDULED"}
        tasks.append({**task, "states": [*before, last]})
    return _first({**run, "tasks": tasks})
