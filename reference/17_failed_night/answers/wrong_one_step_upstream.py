"""Looks one step upstream: a task in between that took the failure, and went on, hides it.

Refused by: test_collateral_failure_is_not_the_first
"""


def first_failure(run: Row) -> str | None:
    tasks = {one["id"]: one for one in run["tasks"]}
    broken = {
        name
        for name, one in tasks.items()
        if _type(one) in ("FAILED", "CRASHED") and OPTIONAL not in one["tags"]
    }
    own = [
        name
        for name in broken
        if _type(tasks[name]) == "FAILED" and not set(tasks[name]["upstream"]) & broken
    ]
    return min(own, key=lambda name: _at(tasks[name]["states"][-1]), default=None)
